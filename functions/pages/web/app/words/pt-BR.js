export default { 'app.name': 'Viagens e loja' };
