import { LiveLoop } from '../live/live-loop.js';
import { $, announce } from './elements.js';
import { LiveInput } from './live-input.js';
import { RoundsView } from './rounds-view.js';

/** How loud what goes round is heard to begin with. A musician hears it anyway, and a loudspeaker would feed the microphone. */
const DryLevels = { music: 0.5, microphone: 0 };

/**
 * The panel of the live loop: what goes round, how loud, and its rounds. Events: "start" before anything sounds; "problem" with an error;
 * "keep" with a round that is to be a take.
 */
export class LivePanel extends EventTarget {
    /** What was started, with its loop as soon as there is one; null = nothing. */
    #run = null;
    #settings;
    #input = new LiveInput(() => this.#choose(this.#input.kind));
    #rounds = new RoundsView(played => this.#tell('keep', played));

    /** @param {() => object} settings what the page is set to */
    constructor(settings) {
        super();
        this.#settings = settings;
        $('live-start').addEventListener('click', () => this.toggle());
        for (const id of ['live-dry', 'live-varied', 'live-click']) $(id).addEventListener('input', () => this.#setLevels());
        this.#choose('music');
    }

    /** Shows the panel: for a microphone, if there is no music. */
    open() {
        $('live').hidden = false;
        if (!this.#input.track) this.#choose('microphone');
    }

    /** The settings have changed. @param {?{from: number, to: number}} region the music that goes round; null = all of it */
    update(region) {
        this.#input.region = region;
        this.#run?.loop?.configure(this.#settings());
        this.#show();
    }

    /** Other music: what goes round of the music before ends. */
    setTrack(track) {
        const isFirst = !this.#input.track;
        if (this.#run?.kind === 'music') this.stop();
        this.#input.track = track;
        if (isFirst && !this.#run) this.#choose('music');
        this.open();
    }

    toggle() {
        if (this.#run) this.stop();
        else if (!$('live').hidden) this.#start();
    }

    stop() {
        if (!this.#run) return;
        this.#end();
        announce('The live loop has ended.');
    }

    /** Keeps the round that is heard. */
    keep() {
        const context = this.#run?.loop?.input.context;
        const heard = context && this.#rounds.at(context.currentTime);
        if (heard) this.#tell('keep', heard);
    }

    async #start() {
        const run = this.#run = { kind: this.#input.kind, loop: null };
        this.#rounds.clear();
        this.#tell('start');
        this.#show();
        try {
            const input = await this.#input.open();
            if (this.#run !== run) return input.close();
            run.loop = new LiveLoop(input, this.#settings());
            run.loop.addEventListener('began', () => announce('The live loop goes round.'));
            run.loop.addEventListener('round', ({ detail }) => this.#rounds.add(detail));
            run.loop.addEventListener('failed', ({ detail }) => this.#fail(run, detail));
            this.#setLevels();
            this.#tick(run);
        } catch (error) {
            this.#fail(run, error);
        }
    }

    #fail(run, error) {
        if (this.#run !== run) return;
        this.#end();
        this.#tell('problem', error);
    }

    #end() {
        this.#run.loop?.stop();
        this.#run = null;
        this.#show();
    }

    #choose(kind) {
        this.#input.kind = kind;
        $('live-dry').value = DryLevels[kind];
        this.#setLevels();
        this.#show();
    }

    #setLevels() {
        for (const id of ['live-dry', 'live-varied']) $(id).setAttribute('aria-valuetext', `${Math.round(100 * $(id).value)} %`);
        const loop = this.#run?.loop;
        if (!loop) return;
        loop.dry.gain.value = $('live-dry').value;
        loop.varied.gain.value = $('live-varied').value;
        loop.click.gain.value = $('live-click').checked ? 1 : 0;
    }

    #show() {
        this.#input.show();
        $('live-painted').hidden = !this.#settings().mask;
        $('live-start').textContent = this.#run ? 'Stop the loop' : 'Start the loop';
        $('live-start').classList.toggle('primary', !this.#run);
        $('live-choice').disabled = !!this.#run;
        $('live-state').textContent = this.#run ? 'connecting' : '';
        if (!this.#run) for (const id of ['live-in', 'live-out', 'live-position']) setLevel(id, 0);
    }

    /** What changes with every picture: the place in the loop, the levels, the round that is heard. */
    #tick(run) {
        if (this.#run !== run) return;
        const { position: { loop, share }, hasBegun, meterIn, meterOut, input } = run.loop;
        const place = loop > 0 ? `loop ${loop}` : 'count-in';
        if (hasBegun) $('live-state').textContent = run.kind === 'microphone' ? `${place}, beat ${this.#input.beatAt(share)}` : place;
        setLevel('live-position', loop > 0 ? share : 0);
        setLevel('live-in', meterIn.level);
        setLevel('live-out', meterOut.level);
        this.#rounds.mark(input.context.currentTime);
        requestAnimationFrame(() => this.#tick(run));
    }

    #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}

function setLevel(id, level) {
    const percent = Math.round(100 * level);
    if ($(id).hasAttribute('aria-valuenow')) $(id).setAttribute('aria-valuenow', percent);
    $(id).firstElementChild.style.width = `${percent}%`;
}
