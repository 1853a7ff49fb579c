package dev.tidemill.exec.automaton;

import dev.tidemill.foundation.memory.Memory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a regular expression is found in texts, or matches them whole. A deterministic automaton:
 * a state is the set of states that the {@link Program} may be in, and is made when a text first
 * leads to it; then each byte is one look into a table. Texts take time in proportion to their
 * bytes, whatever the pattern. States beyond a number are forgotten all together and made again.
 *
 * <pre>
 *   a(b|c)+d    0 --a--> 1 --b,c--> 2 --d--> found
 *                                   2 --b,c--> 2       and by any other byte to 0
 * </pre>
 *
 * <p>Invariant: a state in {@link #next} is the place of its row there. One thread at a time.
 */
public final class Automaton {
  /** Numbers in the table, and in the sets that states stand for. */
  private static final int MAX_NUMBERS = 1 << 16;

  private static final int UNKNOWN = -1;
  private static final int FOUND = -2;
  private static final int HOPELESS = -3;

  private final Program program;
  private final boolean whole;
  private final boolean hasEnds;

  /** Bytes that no state tells apart have one class. */
  private final byte[] classOf = new byte[256];

  /** A byte of each class. */
  private final int[] byteOf;

  /** Classes, then the place before the last line terminator, then the end. */
  private final int symbols;

  /** By state and symbol. */
  private int[] next;

  private final Map<Members, Integer> states = new HashMap<>();
  private Members[] members = new Members[16];
  private int memberCount;
  private int start;

  /** Of the set that is put together: which are in, in their order of arrival. */
  private final boolean[] isIn;

  private final int[] pending;
  private final int[] found;
  private int foundCount;

  /** The program's states that a state stands for, ascending. */
  private record Members(int[] states) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Members members && Arrays.equals(states, members.states);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(states);
    }
  }

  private Automaton(Program program, boolean whole) {
    this.program = program;
    this.whole = whole;
    this.isIn = new boolean[program.count()];
    this.pending = new int[program.count() * 2 + 2];
    this.found = new int[program.count()];
    boolean ends = false;
    for (int s = 0; s < program.count(); s++) {
      byte kind = program.kind(s);
      ends |= kind == Program.AT_LAST_LINE_END || kind == Program.AT_END;
    }
    this.hasEnds = ends;
    this.byteOf = classes();
    this.symbols = byteOf.length + 2;
    this.next = new int[16 * symbols];
    begin();
  }

  /**
   * Of a pattern.
   *
   * @param pattern accepted by java.util.regex, without flags but those in it
   * @param dotIsAll whether a dot takes line terminators
   * @param whole whether the pattern must match a text from its start to its end
   * @return empty where the pattern has something that only java.util.regex knows
   */
  public static Optional<Automaton> of(String pattern, boolean dotIsAll, boolean whole) {
    return PatternParser.parse(pattern, dotIsAll)
        .flatMap(Program::of)
        .map(program -> new Automaton(program, whole));
  }

  /** Classes of bytes, and a byte of each: they change where a range of the program begins. */
  private int[] classes() {
    boolean[] begins = new boolean[257];
    begins[0] = true;
    for (int s = 0; s < program.count(); s++) {
      if (program.kind(s) == Program.TAKE) {
        begins[program.firstByte(s)] = true;
        begins[program.lastByte(s) + 1] = true;
      }
    }
    int[] firsts = new int[256];
    int count = 0;
    for (int b = 0; b < 256; b++) {
      if (begins[b]) {
        firsts[count++] = b;
      }
      classOf[b] = (byte) (count - 1);
    }
    return Arrays.copyOf(firsts, count);
  }

  /** Whether a valid UTF-8 text has a match. */
  public boolean accepts(long address, int bytes) {
    int state = start;
    if (hasEnds) {
      int last = beforeTerminator(address, bytes);
      state = run(state, address, address + last);
      if (last < bytes && state >= 0) {
        state = run(step(state, symbols - 2), address + last, address + bytes);
      }
      state = state < 0 ? state : step(state, symbols - 1);
    } else {
      state = run(state, address, address + bytes);
    }
    return state == FOUND || state >= 0 && acceptsAtEnd(state);
  }

  private boolean acceptsAtEnd(int state) {
    // The state that accepts is the program's first.
    int[] all = members[state / symbols].states;
    return whole && all.length > 0 && all[0] == 0;
  }

  private int run(int from, long address, long end) {
    if (from < 0) {
      return from;
    }
    byte[] classes = classOf;
    int[] table = next;
    int state = from;
    for (long at = address; at < end; at++) {
      int symbol = classes[Memory.getByte(at) & 0xff] & 0xff;
      int to = table[state + symbol];
      // A branch, which is foreseen where a state leads to itself: the next look waits for nothing.
      if (to != state) {
        if (to < 0) {
          to = to == UNKNOWN ? compute(state, symbol) : to;
          if (to < 0) {
            return to;
          }
          table = next;
        }
        state = to;
      }
    }
    return state;
  }

  private int step(int state, int symbol) {
    int to = next[state + symbol];
    return to == UNKNOWN ? compute(state, symbol) : to;
  }

  /** Where the line terminator begins that ends a text, or the text's end. */
  private static int beforeTerminator(long address, int bytes) {
    byte last = bytes == 0 ? 0 : Memory.getByte(address + bytes - 1);
    if (last == '\r') {
      return bytes - 1;
    }
    if (last == '\n') {
      return bytes > 1 && Memory.getByte(address + bytes - 2) == '\r' ? bytes - 2 : bytes - 1;
    }
    if (last == (byte) 0x85 && Memory.getByte(address + bytes - 2) == (byte) 0xc2) {
      return bytes - 2;
    }
    boolean separates =
        (last == (byte) 0xa8 || last == (byte) 0xa9)
            && bytes > 2
            && Memory.getByte(address + bytes - 2) == (byte) 0x80
            && Memory.getByte(address + bytes - 3) == (byte) 0xe2;
    return separates ? bytes - 3 : bytes;
  }

  private void begin() {
    states.clear();
    memberCount = 0;
    Arrays.fill(next, UNKNOWN);
    foundCount = 0;
    reach(program.start(), true, false, false);
    start = known();
  }

  /** Fills a place of the table. */
  private int compute(int before, int symbol) {
    int state = before;
    Members members = this.members[state / symbols];
    if (states.size() * symbols + memberCount > MAX_NUMBERS) {
      begin();
      Integer again = states.get(members);
      state = again == null ? made(members) : again;
    }
    foundCount = 0;
    boolean isPlace = symbol >= byteOf.length;
    boolean isEnd = symbol == symbols - 1;
    for (int s : members.states) {
      if (isPlace) {
        reach(s, false, true, isEnd);
      } else if (program.kind(s) == Program.TAKE
          && byteOf[symbol] >= program.firstByte(s)
          && byteOf[symbol] <= program.lastByte(s)) {
        reach(program.next(s), false, false, false);
      }
    }
    if (!whole && !isPlace) {
      reach(program.start(), false, false, false);
    }
    int to = known();
    next[state + symbol] = to;
    return to;
  }

  /** Adds a state and those that it leads to without a byte, at a place of the text. */
  private void reach(int first, boolean atStart, boolean atLastLineEnd, boolean atEnd) {
    int count = 0;
    pending[count++] = first;
    while (count > 0) {
      int state = pending[--count];
      if (isIn[state]) {
        continue;
      }
      isIn[state] = true;
      found[foundCount++] = state;
      switch (program.kind(state)) {
        case Program.SPLIT -> {
          pending[count++] = program.other(state);
          pending[count++] = program.next(state);
        }
        case Program.AT_START -> {
          if (atStart) {
            pending[count++] = program.next(state);
          }
        }
        case Program.AT_LAST_LINE_END -> {
          if (atLastLineEnd) {
            pending[count++] = program.next(state);
          }
        }
        case Program.AT_END -> {
          if (atEnd) {
            pending[count++] = program.next(state);
          }
        }
        default -> {}
      }
    }
  }

  /** The state of the set that was put together, which is made where it is new. */
  private int known() {
    int kept = 0;
    boolean accepts = false;
    for (int i = 0; i < foundCount; i++) {
      int state = found[i];
      isIn[state] = false;
      byte kind = program.kind(state);
      accepts |= kind == Program.ACCEPT;
      if (kind != Program.SPLIT && kind != Program.AT_START) {
        found[kept++] = state;
      }
    }
    if (accepts && !whole) {
      return FOUND;
    }
    if (kept == 0) {
      return HOPELESS;
    }
    Arrays.sort(found, 0, kept);
    Members set = new Members(Arrays.copyOf(found, kept));
    Integer state = states.get(set);
    return state == null ? made(set) : state;
  }

  private int made(Members set) {
    int number = states.size();
    if (number == members.length) {
      members = Arrays.copyOf(members, number * 2);
      next = Arrays.copyOf(next, number * 2 * symbols);
      Arrays.fill(next, number * symbols, next.length, UNKNOWN);
    }
    members[number] = set;
    memberCount += set.states.length;
    states.put(set, number * symbols);
    return number * symbols;
  }
}
