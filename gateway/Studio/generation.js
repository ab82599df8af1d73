import { vamp } from './api/client.js';
import { isAbort } from './api/problem.js';
import { Track } from './audio/track.js';
import { vampRequest } from './prompt/request.js';

const words = settings => settings.mask ? 'painted' : (settings.preset || 'own prompt').replaceAll('-', ' ');

/** What a take was asked to be, in a few words. */
function title(settings) {
    if (settings.mode === 'continue') return `on from ${settings.from} s`;
    return settings.mode === 'region' ? `${settings.from}–${settings.to} s, ${words(settings)}` : words(settings);
}

/** One request while it runs: its takes grow as the gateway sends them. */
export class Generation extends EventTarget {
    #abort = new AbortController();

    /** @param {number} first the number of its first take */
    constructor(source, settings, first) {
        super();
        this.source = source;
        this.takes = Array.from({ length: settings.variations }, (_, i) => ({
            number: first + i, title: title(settings), source, settings: { ...settings, variations: 1 }, track: null, summary: null,
        }));
        this.request = vampRequest(settings, source.duration);
    }

    /** Ends the request: the connection is closed, and the gateway stops computing. */
    cancel() { this.#abort.abort(); }

    /** Runs it to its end. @returns {Promise<boolean>} whether nobody cancelled it */
    async run() {
        try {
            for await (const event of vamp(this.request, this.source.file, this.#abort.signal)) this.#take(event);
            return true;
        } catch (error) {
            if (isAbort(error)) return false;
            throw error;
        }
    }

    #take(event) {
        const take = this.takes[event.variation ?? 0];
        if (event.progress) {
            // Of the source, before there are variations.
            const isShared = ['STAGE_ENCODE', 'STAGE_BEATS'].includes(event.progress.stage);
            for (const one of isShared ? this.takes : [take]) this.#tell('progress', one, event.progress);
        } else if (event.header) {
            take.track = Track.expect(`take ${take.number}`, event.header);
        } else if (event.audio) {
            const isFirst = take.track.filled === 0;
            take.track.append(Uint8Array.from(atob(event.audio), letter => letter.charCodeAt(0)));
            this.#tell(isFirst ? 'hearable' : 'grown', take);
        } else if (event.summary) {
            take.summary = event.summary;
            take.settings = { ...take.settings, seed: event.summary.seed };
            this.#tell('done', take);
        }
    }

    #tell(type, take, progress) { this.dispatchEvent(new CustomEvent(type, { detail: { take, progress } })); }
}
