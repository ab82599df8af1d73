import { compress, convert } from './api/client.js';
import { curlLine } from './api/curl.js';
import { Source } from './audio/source.js';
import { Track } from './audio/track.js';
import { encodeWav } from './audio/wav.js';
import { compressRequest, vampRequest } from './prompt/request.js';
import { toLink } from './prompt/settings.js';
import { $ } from './view/elements.js';
import { copy, save, TakeCard } from './view/take-card.js';

/** All takes of the session, the newest first. */
export class Takes extends EventTarget {
    #cards = new Map();
    #next = 1;

    /** @param {{onProblem: (error: Error) => void, linkName: (source: Source) => string}} page */
    constructor({ onProblem, linkName }) {
        super();
        this.linkName = linkName;
        const guarded = action => take => Promise.resolve(action(take)).catch(onProblem);
        this.actions = {
            hear: take => this.#tell('hear', take),
            reuse: guarded(take => this.#tell('reuse', Source.ofBuffer(take.track.buffer, fileName(take)))),
            wav: guarded(take => save(encodeWav(take.track.buffer), `${fileName(take)}.wav`)),
            flac: guarded(async take => save(await convert(wavFile(take), 'audio/flac'), `${fileName(take)}.flac`)),
            vamp: guarded(async take => save(
                await compress(compressRequest(take.settings, take.source.duration), take.source.file), `${fileName(take)}.vamp`)),
            link: guarded(async take => copy(
                new URL(`#${await toLink(take.settings, this.linkName(take.source))}`, location.href).href, 'Link')),
            curl: guarded(take => copy(curlLine(vampRequest(take.settings, take.source.duration), take.source.name), 'curl line')),
            remove: take => this.remove(take),
        };
    }

    get all() { return [...this.#cards.keys()]; }
    get next() { return this.#next; }

    /** Shows takes that are on their way. */
    add(takes) {
        this.#next += takes.length;
        for (const take of takes) this.#cards.set(take, new TakeCard(take, this.actions));
        $('take-list').prepend(...takes.map(take => this.#cards.get(take).element));
        $('takes').hidden = false;
    }

    /** Makes a take of a round of a live loop. It has no request: nobody else can play along with what was played. */
    keep(round, track, name) {
        const number = this.next;
        const take = {
            number, title: `live, round ${round.number}`, track: new Track(`take ${number}`, track.buffer), summary: null, isRound: true,
            source: { name: `${baseName(name)}-live` }, settings: { seed: round.seed },
        };
        this.add([take]);
        this.card(take).setHearable();
        this.card(take).setDone();
    }

    card(take) { return this.#cards.get(take); }

    remove(take) {
        this.#cards.get(take)?.element.remove();
        this.#cards.delete(take);
        $('takes').hidden = this.#cards.size === 0;
        this.#tell('removed', take);
    }

    /** Marks the take of a track as the one that is heard. */
    setHeard(track) { for (const [take, card] of this.#cards) card.setHeard(!!track && take.track === track); }

    #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}

const baseName = name => name.replace(/\.\w+$/, '');

const fileName = take => `${baseName(take.source.name)}-${take.settings.seed}`;

const wavFile = take => new File([encodeWav(take.track.buffer)], `${fileName(take)}.wav`, { type: 'audio/wav' });
