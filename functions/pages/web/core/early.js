// Runs before the first paint, so that a chosen scheme does not flash in the other one.
try {
  const scheme = localStorage.getItem('holdfast.scheme');
  if (scheme) document.documentElement.dataset.scheme = scheme;
} catch {
  // Without storage the browser's scheme is shown.
}
