// What a server could answer, put in its place.
export const problem = (status, code, detail, field) => ({
  status, contentType: 'application/problem+json', body: JSON.stringify({ type: `/problems/${code}`, title: code, status, code, detail, field }),
});
export const answers = (pattern, method, given) => (page) =>
  page.route(pattern, (route) => (method === '*' || route.request().method() === method ? route.fulfill(given) : route.fallback()));
export const fails = (pattern, status = 500) => answers(pattern, '*', problem(status, 'web.internal', 'Something went wrong here; it was written down'));
export const hangs = (pattern) => (page) => page.route(pattern, () => undefined);
export const isEmpty = (pattern) => answers(pattern, 'GET', { status: 200, contentType: 'application/json', body: JSON.stringify({ items: [], next: null }) });
