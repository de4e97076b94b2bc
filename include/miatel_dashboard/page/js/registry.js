// The views of the page. Each one's script registers how it is drawn; its name is that of its
// section, its texts and its link.

const views = new Map();

// draw({ data, facts, redraw }): `data` is what the server says for the filters, `facts` what no
// filter changes; `redraw` draws all views again, after an option changed.
// options: parameters of the URL that are the view's own and that the server need not know.
export const register = (name, draw, options = []) => views.set(name, { draw, options });

export const names = () => [...views.keys()];
export const drawAll = (page) => views.forEach(({ draw }) => draw(page));
export const options = () => [...views.values()].flatMap((view) => view.options);
