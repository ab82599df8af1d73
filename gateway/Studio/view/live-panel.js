import { LiveLoop } from '../live/live-loop.js';
import { MicrophoneInput } from '../live/microphone-input.js';
import { MusicInput } from '../live/music-input.js';
import { $, announce } from './elements.js';
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
    #track = null;
    #region = null;
    #rounds = new RoundsView(played => this.#tell('keep', played));

    /** @param {() => object} settings what the page is set to */
    constructor(settings) {
        super();
        this.#settings = settings;
        $('live-start').addEventListener('click', () => this.toggle());
        $('live-input').addEventListener('change', () => this.#choose(this.#input));
        for (const id of ['live-tempo', 'live-beats', 'live-bars']) $(id).addEventListener('input', () => this.#show());
        for (const id of ['live-dry', 'live-varied', 'live-click']) $(id).addEventListener('input', () => this.#setLevels());
        this.#choose('music');
    }

    /** Shows the panel: for a microphone, if there is no music. */
    open() {
        $('live').hidden = false;
        if (!this.#track) this.#choose('microphone');
    }

    /** The settings have changed. @param {?{from: number, to: number}} region the music that goes round; null = all of it */
    update(region) {
        this.#region = region;
        this.#run?.loop?.configure(this.#settings());
        this.#show();
    }

    /** Other music: what goes round of the music before ends. */
    setTrack(track) {
        if (this.#run?.input === 'music') this.stop();
        if (!this.#track && !this.#run) this.#choose('music');
        this.#track = track;
        this.open();
        this.#show();
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

    get #input() { return document.querySelector('input[name=live-input]:checked').value; }

    get #tempo() {
        const [beatsPerMinute, beatsPerBar, bars] = ['live-tempo', 'live-beats', 'live-bars'].map(id => Number($(id).value));
        return { beatsPerMinute, beatsPerBar: Math.max(1, beatsPerBar), bars: Math.max(1, bars) };
    }

    get #stretch() { return this.#region ?? { from: 0, to: this.#track?.duration ?? 0 }; }

    async #start() {
        const run = this.#run = { input: this.#input, loop: null };
        this.#rounds.clear();
        this.#tell('start');
        this.#show();
        try {
            const input = await (run.input === 'music' ? MusicInput.open(this.#track, this.#stretch) : MicrophoneInput.open(this.#tempo));
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

    #choose(input) {
        document.querySelector(`input[name=live-input][value=${input}]`).checked = true;
        $('live-dry').value = DryLevels[input];
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
        const { beatsPerMinute, beatsPerBar, bars } = this.#tempo;
        const { from, to } = this.#stretch;
        $('live').dataset.input = this.#input;
        $('live-length').textContent = this.#input === 'microphone' ? `Loops of ${(60 / beatsPerMinute * beatsPerBar * bars).toFixed(1)} s.`
            : this.#region ? `The region goes round: ${(to - from).toFixed(2)} s.` : `All of it goes round: ${to.toFixed(1)} s.`;
        $('live-painted').hidden = !this.#settings().mask;
        $('live-start').textContent = this.#run ? 'Stop the loop' : 'Start the loop';
        $('live-start').classList.toggle('primary', !this.#run);
        $('live-choice').disabled = !!this.#run;
        document.querySelector('input[name=live-input][value=music]').disabled = !this.#track;
        $('live-state').textContent = this.#run ? 'connecting' : '';
        if (!this.#run) for (const id of ['live-in', 'live-out', 'live-position']) setLevel(id, 0);
    }

    /** What changes with every picture: the place in the loop, the levels, the round that is heard. */
    #tick(run) {
        if (this.#run !== run) return;
        const { loop } = run;
        const { loop: number, share } = loop.position;
        const beats = run.input === 'microphone' ? this.#tempo : { beatsPerBar: 1, bars: 1 };
        const beat = Math.floor(share * beats.beatsPerBar * beats.bars) % beats.beatsPerBar + 1;
        const place = number > 0 ? `loop ${number}` : 'count-in';
        if (loop.hasBegun) $('live-state').textContent = run.input === 'microphone' ? `${place}, beat ${beat}` : place;
        setLevel('live-position', number > 0 ? share : 0);
        setLevel('live-in', loop.meterIn.level);
        setLevel('live-out', loop.meterOut.level);
        this.#rounds.mark(loop.input.context.currentTime);
        requestAnimationFrame(() => this.#tick(run));
    }

    #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}

function setLevel(id, level) {
    const percent = Math.round(100 * level);
    if ($(id).hasAttribute('aria-valuenow')) $(id).setAttribute('aria-valuenow', percent);
    $(id).firstElementChild.style.width = `${percent}%`;
}
