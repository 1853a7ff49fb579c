package dev.tidemill.exec.automaton;

import java.util.Arrays;
import java.util.Optional;

/**
 * The automaton of a regular expression, with several ways at once (Thompson's): states that take a
 * byte, that need a place, or that lead on to one or two others. It is read backwards when it is
 * made, from the state that accepts.
 */
final class Program {
  private static final int MAX_STATES = 1_000;

  static final byte ACCEPT = 0;
  static final byte TAKE = 1;
  static final byte SPLIT = 2;
  static final byte AT_START = 3;
  static final byte AT_LAST_LINE_END = 4;
  static final byte AT_END = 5;

  private byte[] kinds = new byte[64];

  /** Where a state leads to. */
  private int[] next = new int[64];

  /** The other way of a SPLIT; the bytes of a TAKE, as {@code first << 8 | last}. */
  private int[] other = new int[64];

  private int count;
  private int start;

  private Program() {}

  /** Of a term; empty where it would have too many states. */
  static Optional<Program> of(Term term) {
    Program program = new Program();
    int accept = program.state(ACCEPT, 0, 0);
    program.start = program.before(term, accept);
    return program.count > MAX_STATES ? Optional.empty() : Optional.of(program);
  }

  int count() {
    return count;
  }

  int start() {
    return start;
  }

  byte kind(int state) {
    return kinds[state];
  }

  int next(int state) {
    return next[state];
  }

  int other(int state) {
    return other[state];
  }

  int firstByte(int state) {
    return other[state] >>> 8;
  }

  int lastByte(int state) {
    return other[state] & 0xff;
  }

  private int state(byte kind, int to, int more) {
    if (count > MAX_STATES) {
      return 0;
    }
    if (count == kinds.length) {
      kinds = Arrays.copyOf(kinds, count * 2);
      next = Arrays.copyOf(next, count * 2);
      other = Arrays.copyOf(other, count * 2);
    }
    kinds[count] = kind;
    next[count] = to;
    other[count] = more;
    return count++;
  }

  /** The state that reads a term and goes on at {@code to}. */
  private int before(Term term, int to) {
    return switch (term) {
      case Term.Characters t -> characters(t.points().ranges(), to);
      case Term.Sequence t -> {
        int state = to;
        for (Term part : t.parts().reversed()) {
          state = before(part, state);
        }
        yield state;
      }
      case Term.Choice t -> {
        int state = before(t.ways().getLast(), to);
        for (int i = t.ways().size() - 2; i >= 0; i--) {
          state = state(SPLIT, before(t.ways().get(i), to), state);
        }
        yield state;
      }
      case Term.Repetition t -> repetition(t, to);
      case Term.Place place ->
          switch (place) {
            case START -> state(AT_START, to, 0);
            case LAST_LINE_END -> state(AT_LAST_LINE_END, to, 0);
            case END -> state(AT_END, to, 0);
          };
    };
  }

  private int repetition(Term.Repetition term, int to) {
    int state = to;
    if (term.most() == Term.Repetition.ANY) {
      int loop = state(SPLIT, to, to);
      if (count <= MAX_STATES) {
        // The array may be another one afterwards.
        int inner = before(term.part(), loop);
        next[loop] = inner;
      }
      state = loop;
    } else {
      for (int i = term.least(); i < term.most() && count <= MAX_STATES; i++) {
        state = state(SPLIT, before(term.part(), state), to);
      }
    }
    for (int i = 0; i < term.least() && count <= MAX_STATES; i++) {
      state = before(term.part(), state);
    }
    return state;
  }

  private int characters(int[] ranges, int to) {
    int state = -1;
    for (int i = 0; i < ranges.length; i += 2) {
      state = range(ranges[i], ranges[i + 1], to, state);
    }
    // No character at all is a byte that no text has.
    return state < 0 ? state(TAKE, to, 0xff << 8 | 0xff) : state;
  }

  /**
   * Code points from {@code first} to {@code last} as sequences of ranges of bytes, beside the ways
   * of {@code others}, which is -1 for none. They are cut until each continuing byte's range does
   * not depend on the byte before.
   */
  private int range(int first, int last, int to, int others) {
    for (int most : new int[] {0x7f, 0x7ff, 0xffff}) {
      if (first <= most && last > most) {
        return range(most + 1, last, to, range(first, most, to, others));
      }
    }
    int continued = last <= 0x7f ? 0 : last <= 0x7ff ? 1 : last <= 0xffff ? 2 : 3;
    for (int i = 1; i <= continued; i++) {
      int mask = (1 << (6 * i)) - 1;
      if ((first & ~mask) != (last & ~mask)) {
        if ((first & mask) != 0) {
          return range((first | mask) + 1, last, to, range(first, first | mask, to, others));
        }
        if ((last & mask) != mask) {
          return range(last & ~mask, last, to, range(first, (last & ~mask) - 1, to, others));
        }
      }
    }
    int state = to;
    for (int i = 0; i < continued; i++) {
      state = take(0x80 | first >>> (6 * i) & 0x3f, 0x80 | last >>> (6 * i) & 0x3f, state);
    }
    int lead = continued == 0 ? 0 : 0xf0 << (3 - continued) & 0xff;
    state = take(lead | first >>> (6 * continued), lead | last >>> (6 * continued), state);
    return others < 0 ? state : state(SPLIT, state, others);
  }

  private int take(int first, int last, int to) {
    return state(TAKE, to, first << 8 | last);
  }
}
