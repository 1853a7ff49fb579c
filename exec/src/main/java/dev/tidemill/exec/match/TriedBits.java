package dev.tidemill.exec.match;

import dev.tidemill.exec.memory.HeapMemory;

/**
 * States where conditions depend on the row alone: a bit for each step that splits, each row and
 * the flags. They hold for all matches, wherever these begin.
 */
final class TriedBits implements TriedStates {
  /** More than so many flags would take too many bits. */
  static final int MAX_FLAGS = 3;

  private final PatternProgram program;
  private final HeapMemory heap;
  private final int[] splits;
  private final int statesOfRow;
  private final int flagMask;
  private final long[] tried;

  /** The states on the way. */
  private long[] way = new long[64];

  private int length;

  /** Behind the last row of a partition no row of the next one is meant. */
  private int partition;

  TriedBits(PatternProgram program, int rows, int partitions, HeapMemory heap) {
    this.program = program;
    this.heap = heap;
    this.splits = new int[program.size()];
    int count = 0;
    for (int step = 0; step < splits.length; step++) {
      splits[step] = program.operation(step) == PatternProgram.Operation.SPLIT ? count++ : -1;
    }
    this.flagMask = (1 << program.flags()) - 1;
    this.statesOfRow = count << program.flags();
    long bits = ((long) rows + partitions) * statesOfRow;
    this.tried = heap.longs(Math.toIntExact(bits / 64 + 1));
  }

  /** Whether that many states can be told apart so. */
  static boolean fits(PatternProgram program, int rows, int partitions) {
    return program.flags() <= MAX_FLAGS
        && (((long) rows + partitions) * program.size() << program.flags()) / 64
            < Integer.MAX_VALUE / 2;
  }

  @Override
  public void begin(int number) {
    partition = number;
    length = 0;
  }

  @Override
  public boolean enter(int step, int row, int flags) {
    long state =
        ((long) row + partition) * statesOfRow
            + ((long) splits[step] << program.flags())
            + (flags & flagMask);
    int word = (int) (state >>> 6);
    long bit = 1L << state;
    if ((tried[word] & bit) != 0) {
      return false;
    }
    tried[word] |= bit;
    way = heap.grow(way, length + 1);
    way[length++] = state;
    return true;
  }

  @Override
  public int mark() {
    return length;
  }

  @Override
  public void back(int mark) {
    length = mark;
  }

  @Override
  public void matched() {
    for (int i = 0; i < length; i++) {
      tried[(int) (way[i] >>> 6)] &= ~(1L << way[i]);
    }
    length = 0;
  }
}
