export default { 'app.name': 'Travel and shop' };
