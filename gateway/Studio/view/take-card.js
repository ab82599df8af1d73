import { announce, clock, colour, fitCanvas, make, onThemeChange } from './elements.js';

const stages = { STAGE_ENCODE: 'listening', STAGE_BEATS: 'beats', STAGE_COARSE: 'coarse', STAGE_FINE: 'fine', STAGE_DECODE: 'sound' };

/** A take in the strip: its progress while it comes, then what can be done with it. */
export class TakeCard {
    #steps = new Map();
    #progress = make('progress', { max: 1, value: 0 });
    #stage = make('span', { class: 'stage' }, 'waiting');
    #canvas = make('canvas', { 'aria-hidden': 'true' });
    #menu;

    /**
     * @param {object} take
     * @param {Object<string, (take: object) => void>} actions by their names on the buttons
     */
    constructor(take, actions) {
        this.take = take;
        const name = `Take ${take.number}`;
        this.#progress.setAttribute('aria-label', `${name}: progress`);
        const button = (text, action, label = text) => make('button', {
            type: 'button', 'aria-label': `${name}: ${label}`, onclick: () => action(take),
        }, text);
        this.hear = make('button', {
            type: 'button', class: 'hear', disabled: true, 'aria-pressed': 'false', 'aria-label': `${name}: hear it`,
            onclick: () => actions.hear(take),
        }, make('strong', {}, name), this.#canvas);
        this.#menu = make('div', { class: 'actions', hidden: true },
            button('Use as input', actions.reuse, 'use as input'),
            button('WAV', actions.wav, 'download WAV'), button('FLAC', actions.flac, 'download FLAC'),
            ...(take.isRound ? [] : [
                button('.vamp', actions.vamp, 'download .vamp'),
                button('Link', actions.link, 'copy the link of this request'), button('curl', actions.curl, 'copy the curl line'),
            ]),
            button('Remove', actions.remove, 'remove'));
        this.facts = make('p', { class: 'facts' }, take.title);
        this.element = make('li', { class: 'take' }, this.hear, this.facts,
            make('div', { class: 'progress' }, this.#progress, this.#stage), this.#menu);
        onThemeChange(() => this.draw());
    }

    /** How far a stage is; a take is done when all of them are. */
    setProgress({ stage, step, steps }) {
        this.#steps.set(stage, steps ? step / steps : 0);
        // Generation is what takes time: the other stages have one share each.
        const shares = { STAGE_ENCODE: 1, STAGE_BEATS: 1, STAGE_COARSE: 8, STAGE_FINE: 8, STAGE_DECODE: 2 };
        const done = Object.entries(shares).reduce((sum, [name, share]) => sum + share * (this.#steps.get(name) ?? 0), 0);
        this.#progress.value = Math.max(this.#progress.value, done / 20);
        this.#stage.textContent = `${stages[stage] ?? stage} ${step}/${steps}`;
    }

    /** Some of it can be heard. */
    setHearable() {
        this.hear.disabled = false;
        this.draw();
    }

    /** It is all there. */
    setDone() {
        const { take } = this;
        this.element.classList.add('done');
        this.element.querySelector('.progress').remove();
        this.#menu.hidden = false;
        const kept = take.isRound ? '' : ` · kept ${Math.round(take.summary.figures?.bitsPerSecond ?? 0)} bit/s`;
        this.facts.textContent = `${take.title} · seed ${take.settings.seed} · ${clock(take.track.duration)}${kept}`;
        announce(`Take ${take.number} is ready.`);
        this.draw();
    }

    setHeard(isHeard) {
        this.hear.setAttribute('aria-pressed', String(isHeard));
        this.element.classList.toggle('heard', isHeard);
        this.draw();
    }

    /** The waveform of what is there. */
    draw() {
        const { track } = this.take;
        const { context, width, height } = fitCanvas(this.#canvas);
        if (!track || width < 2) return;
        context.fillStyle = colour('made');
        const samples = track.buffer.getChannelData(0);
        const peaks = [];
        const bars = Math.floor(width / 3);
        for (let bar = 0; bar < bars; bar++) {
            const [from, to] = [bar, bar + 1].map(at => Math.floor(at / bars * samples.length));
            let peak = 0;
            for (let i = from; i < Math.min(to, track.filled); i++) peak = Math.max(peak, Math.abs(samples[i]));
            peaks.push(peak);
        }
        const loudest = Math.max(0.05, ...peaks);
        peaks.forEach((peak, bar) => {
            const tall = Math.max(1, peak / loudest * (height - 4));
            context.fillRect(bar * 3, (height - tall) / 2, 2, tall);
        });
    }
}

/** Saves a blob as a file. */
export function save(blob, name) {
    const link = make('a', { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Puts a text on the clipboard; where a browser refuses (over plain http from another machine), shows it to be copied. */
export async function copy(text, what) {
    try {
        await navigator.clipboard.writeText(text);
        announce(`${what} copied.`);
        toast(`${what} copied`);
    } catch {
        prompt(`${what}: copy it from here`, text);
    }
}

function toast(text) {
    const note = make('p', { class: 'toast', 'aria-hidden': 'true' }, text);
    document.body.append(note);
    note.addEventListener('animationend', () => note.remove());
}
