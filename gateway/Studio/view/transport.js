import { $, clock } from './elements.js';

/** The bar at the bottom: play, loop, and A against B. */
export class Transport extends EventTarget {
    #player;
    #a = null;
    #b = null;

    constructor(player, onPosition) {
        super();
        this.#player = player;
        $('play').addEventListener('click', () => player.toggle());
        $('rewind').addEventListener('click', () => player.seek(player.region && player.isLooping ? player.region.from : 0));
        $('loop').addEventListener('click', () => player.setLoop(!player.isLooping));
        $('ab').addEventListener('change', () => this.#switch());
        player.addEventListener('change', () => this.#show());
        const tick = () => {
            if (player.track) this.#tick(onPosition);
            requestAnimationFrame(tick);
        };
        requestAnimationFrame(tick);
    }

    /** What A plays: the source. */
    setA(track) {
        [this.#a, this.#b] = [track, null];
        $('transport').hidden = false;
        this.#player.pause();
        this.#player.select(track, 0);
    }

    /** What B plays: a take, at once, from another position if one is given. */
    setB(track, position) {
        this.#b = track;
        $('transport').hidden = false;
        this.#player.select(track, position);
    }

    /** The take that is B is gone. */
    clearB(track) {
        if (track !== this.#b) return;
        this.#b = null;
        $('transport').hidden = !this.#a;
        if (this.#a) this.#player.select(this.#a);
        else this.#player.pause();
    }

    toggleAB() {
        const other = this.#player.track === this.#b ? this.#a : this.#b;
        if (other) this.#player.select(other);
    }

    #switch() {
        const track = document.querySelector('input[name=ab]:checked').value === 'b' ? this.#b : this.#a;
        if (track) this.#player.select(track);
    }

    #show() {
        const player = this.#player;
        $('play').classList.toggle('playing', player.isPlaying);
        $('play').setAttribute('aria-label', player.isPlaying ? 'Pause' : 'Play');
        $('loop').setAttribute('aria-pressed', String(player.isLooping));
        const [a, b] = document.querySelectorAll('input[name=ab]');
        [a.disabled, b.disabled] = [!this.#a, !this.#b];
        $('b-name').textContent = this.#b?.name ?? 'no take yet';
        (player.track === this.#b ? b : a).checked = true;
        $('duration').textContent = player.track ? `/ ${clock(player.track.duration)}` : '';
        this.dispatchEvent(new CustomEvent('heard', { detail: player.track }));
    }

    #tick(onPosition) {
        const player = this.#player;
        $('time').textContent = clock(player.position);
        const level = Math.round(100 * player.level);
        $('level').setAttribute('aria-valuenow', level);
        $('level').firstElementChild.style.width = `${level}%`;
        onPosition(player.position, player.isPlaying);
    }
}
