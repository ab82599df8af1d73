import { $, make } from './elements.js';

/** Rounds that are shown, and can be kept. */
const Most = 8;

const kinds = { ROUND_KIND_VARIATION: 'variation', ROUND_KIND_REPEAT: 'the last good one again', ROUND_KIND_LOOP: 'the loop itself' };

/** What a round is, in a few words. */
function describe({ kind, coarseSteps, fineSteps, latenessSeconds, seed, problem }, isLate) {
    const time = `${Math.abs(latenessSeconds).toFixed(2)} s ${latenessSeconds > 0 ? 'late' : 'early'}`;
    const isMade = coarseSteps || fineSteps;
    return [
        kinds[kind], isMade && `${coarseSteps} + ${fineSteps} steps`, time, isLate && 'heard late',
        problem && problem !== 'late' && problem, isMade && `seed ${seed}`,
    ].filter(Boolean).join(' · ');
}

/** The rounds of a live loop, the newest first. */
export class RoundsView {
    #rounds = [];

    /** @param {(round: object) => void} onKeep */
    constructor(onKeep) { this.onKeep = onKeep; }

    clear() {
        this.#rounds = [];
        $('rounds').replaceChildren();
    }

    /** @param {{round: object, track: Track, at: number, isLate: boolean}} played `at` is when it is heard */
    add(played) {
        const { round, isLate } = played;
        const name = `Round ${round.number}`;
        const element = make('li', { class: 'round' },
            make('strong', {}, name), make('span', { class: 'facts' }, describe(round, isLate)),
            make('button', {
                type: 'button', 'aria-label': `Keep ${name.toLowerCase()} as a take`, onclick: () => this.onKeep(played),
            }, 'Keep'));
        element.classList.toggle('missed', round.kind !== 'ROUND_KIND_VARIATION');
        this.#rounds.unshift({ ...played, element });
        $('rounds').prepend(element);
        for (const old of this.#rounds.splice(Most)) old.element.remove();
    }

    /** The round that is heard at a time; undefined before the first one. */
    at(time) { return this.#rounds.find(round => round.at <= time); }

    /** Marks the round that is heard. */
    mark(time) {
        const heard = this.at(time);
        for (const round of this.#rounds) {
            if (round === heard) round.element.setAttribute('aria-current', 'true');
            else round.element.removeAttribute('aria-current');
        }
    }
}
