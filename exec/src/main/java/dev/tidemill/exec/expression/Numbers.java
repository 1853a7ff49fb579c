package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.Arrays;

/** The numbers of chosen elements of a column, in order; a negative one is NULL. */
final class Numbers {
  private int[] numbers = new int[64];
  private int count;

  void add(int number) {
    if (count == numbers.length) {
      numbers = Arrays.copyOf(numbers, Math.multiplyExact(count, 2));
    }
    numbers[count++] = number;
  }

  /** All from one number to before another. */
  void addAll(int from, int to) {
    for (int number = from; number < to; number++) {
      add(number);
    }
  }

  int count() {
    return count;
  }

  /** The elements, the caller's to close. */
  Column gather(Column elements, MemoryScope memory) {
    return Columns.take(elements, numbers, 0, count, memory);
  }
}
