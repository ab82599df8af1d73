import { toProblem } from '../api/problem.js';
import { $, make } from './elements.js';

/** Shows what went wrong; the settings keep everything as it was. @returns the fields that are at fault */
export function showProblem(error) {
    const problem = toProblem(error);
    $('problem-title').textContent = problem.title;
    const wait = problem.retryAfter ? ` Try again in ${Math.ceil(problem.retryAfter)} s.` : '';
    const hasFields = Object.keys(problem.fields).length > 0;
    $('problem-detail').textContent = (hasFields ? '' : problem.detail) + wait; // it says the same
    $('key-form').hidden = problem.status !== 401;
    $('problem-fields').replaceChildren(...Object.entries(problem.fields).flatMap(([field, descriptions]) =>
        descriptions.map(description => make('li', {}, make('code', {}, field), ` ${description}`))));
    $('problem').hidden = false;
    $('problem').scrollIntoView({ block: 'nearest' });
    return problem.fields;
}

export const hideProblem = () => { $('problem').hidden = true; };
