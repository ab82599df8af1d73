import { askLive, getKey } from '../api/client.js';
import { Problem } from '../api/problem.js';
import { Track } from '../audio/track.js';

const Protocol = 'vampnet.live.v1';

/** Samples of a message: whole frames of one or two channels. */
const Chunk = 1 << 16;

const base64url = text => btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/**
 * A live session of the gateway. Events: "started" with its LiveStarted; "round" with a Round and its track; "failed" with what ended it,
 * which nothing comes after.
 */
export class LiveSession extends EventTarget {
    #socket = null;
    #waiting = [];
    #isOpen = false;
    #isOver = false;
    #started = null;
    #round = null;
    #track = null;
    #problem = null;

    /** @param {object} config a LiveConfig @param {Promise<void>} after when it may begin */
    constructor(config, after = Promise.resolve()) {
        super();
        this.#send(JSON.stringify({ config }));
        after.then(() => this.#connect());
    }

    #connect() {
        if (this.#isOver) return;
        const key = getKey();
        const protocols = key ? [Protocol, `vampnet.key.${base64url(key)}`] : [Protocol]; // a page can set no headers here
        this.#socket = new WebSocket(new URL('v1/live', location.href).href.replace(/^http/, 'ws'), protocols);
        this.#socket.binaryType = 'arraybuffer';
        this.#socket.onopen = () => this.#opened();
        this.#socket.onmessage = ({ data }) => (typeof data === 'string' ? this.#read(JSON.parse(data)) : this.#hear(data));
        this.#socket.onclose = () => this.#closed();
    }

    /** Bytes that have not left yet. */
    get pending() {
        return this.#waiting.reduce((sum, message) => sum + (message.byteLength ?? 0), this.#socket?.bufferedAmount ?? 0);
    }

    /** What is played. @param {Float32Array} samples interleaved, whole frames */
    send(samples) {
        for (let at = 0; at < samples.length; at += Chunk) this.#send(samples.subarray(at, at + Chunk));
    }

    /** Ends it, whatever is being made; nothing more is said. @returns {Promise<void>} when the gateway has ended it as well */
    close() {
        this.#isOver = true;
        if (!this.#socket) return Promise.resolve();
        return new Promise(resolve => {
            Object.assign(this.#socket, { onopen: null, onmessage: null, onclose: () => resolve() });
            if (this.#socket.readyState === WebSocket.CLOSED) resolve();
            this.#socket.close();
        });
    }

    #send(message) {
        if (this.#isOpen) this.#socket.send(message);
        else this.#waiting.push(message);
    }

    #opened() {
        this.#isOpen = true;
        for (const message of this.#waiting.splice(0)) this.#socket.send(message);
    }

    #read({ started, round, error }) {
        if (error) this.#problem = new Problem(error);
        if (started) {
            this.#started = started;
            this.#tell('started', started);
        }
        if (round) {
            this.#round = round;
            this.#track = Track.expect(`round ${round.number}`, { ...this.#started.config, samples: round.samples });
        }
    }

    #hear(bytes) {
        this.#track.append(new Uint8Array(bytes));
        if (this.#track.isWhole) this.#tell('round', { round: this.#round, track: this.#track });
    }

    async #closed() {
        this.#tell('failed', this.#problem ?? (this.#isOpen
            ? new Problem({ title: 'The connection was lost', detail: 'The gateway may have stopped, or the network is down.' })
            : await refusal()));
    }

    #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}

/** Why a session was not let in: a browser does not say, but a plain request is told the same. */
async function refusal() {
    const error = await askLive().catch(error => error);
    return error.status === 426
        ? new Problem({ title: 'The gateway cannot be reached', detail: 'It answers, but no WebSocket gets through to it.' })
        : error;
}
