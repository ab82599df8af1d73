/** What statuses mean to a person. */
const titles = {
    400: 'This cannot be done', 401: 'This gateway wants a key', 403: 'This key may not do that', 413: 'This is too long',
    429: 'Too much at once', 503: 'The gateway is busy',
};

/** An answer of the gateway that says what is wrong: problem details (RFC 9457). */
export class Problem extends Error {
    /** @param {{title?: string, detail?: string, status?: number, retry_after?: number, errors?: Object<string, string[]>}} details */
    constructor(details) {
        super(details.detail || details.title || 'The gateway gave no reason.');
        this.status = details.status;
        this.title = titles[details.status] ?? details.title ?? 'That did not work';
        this.detail = details.detail ?? '';
        this.fields = details.errors ?? {};
        this.retryAfter = details.retry_after;
    }

    /** What a response that is no success says. */
    static async of(response) {
        const text = await response.text();
        try {
            return new Problem(JSON.parse(text));
        } catch {
            return new Problem({ status: response.status, title: `The gateway answered ${response.status}`, detail: text.slice(0, 500) });
        }
    }
}

/** Whether an error is only that somebody stopped what was running. */
export const isAbort = error => error?.name === 'AbortError';

/** What an error of any kind says, as a problem. */
export function toProblem(error) {
    if (error instanceof Problem) return error;
    // fetch says nothing more than that it failed.
    if (error instanceof TypeError && /fetch|network/i.test(error.message))
        return new Problem({ title: 'The gateway cannot be reached', detail: 'It may have stopped, or the network is down.' });
    return new Problem({ title: 'Something went wrong', detail: error.message });
}
