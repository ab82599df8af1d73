import { preview } from './api/client.js';
import { isAbort } from './api/problem.js';

/** Longest wait for an answer to settings that are old already, in milliseconds. */
const Patience = 400;

/** The mask of the newest settings: one request at a time, so that it moves while a control is dragged. */
export class MaskPreview extends EventTarget {
    #wanted = null;
    #running = null;

    /** @param {object} request a PreviewConfig @param {File} audio */
    ask(request, audio) {
        this.#wanted = { request, audio };
        if (!this.#running) this.#run();
        else if (this.#running.audio !== audio) this.#running.abort.abort();
        else this.#running.timer ??= setTimeout(abort => abort.abort(), Patience, this.#running.abort);
    }

    async #run() {
        while (this.#wanted) {
            const { request, audio } = this.#wanted;
            this.#wanted = null;
            const running = this.#running = { audio, abort: new AbortController(), timer: null };
            try {
                const answer = await preview(request, audio, running.abort.signal);
                this.dispatchEvent(new CustomEvent('mask', { detail: answer }));
            } catch (error) {
                if (!isAbort(error)) this.dispatchEvent(new CustomEvent('problem', { detail: error }));
            }
            clearTimeout(running.timer);
        }
        this.#running = null;
    }
}
