package dev.tidemill.exec.automaton;

import java.util.Arrays;
import java.util.BitSet;

/** Code points that a place of a pattern takes; surrogates are never among them. */
final class CodePointSet {
  private static final int CASE_BIT = 0x20;

  private final BitSet points = new BitSet();

  static CodePointSet of(int... points) {
    CodePointSet set = new CodePointSet();
    for (int point : points) {
      set.add(point, point);
    }
    return set;
  }

  CodePointSet add(int first, int last) {
    points.set(first, last + 1);
    return this;
  }

  CodePointSet addAll(CodePointSet others) {
    points.or(others.points);
    return this;
  }

  CodePointSet complement() {
    CodePointSet others = new CodePointSet();
    others.add(0, Character.MAX_CODE_POINT);
    others.points.andNot(points);
    return others;
  }

  /** With the other case of each letter of ASCII. */
  CodePointSet ignoringCase() {
    CodePointSet both = new CodePointSet();
    both.addAll(this);
    for (int letter = 'A'; letter <= 'Z'; letter++) {
      if (points.get(letter) || points.get(letter | CASE_BIT)) {
        both.points.set(letter);
        both.points.set(letter | CASE_BIT);
      }
    }
    return both;
  }

  /** Firsts and lasts in turn, ascending. */
  int[] ranges() {
    BitSet valid = (BitSet) points.clone();
    valid.clear(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1);
    int[] ranges = new int[16];
    int count = 0;
    for (int first = valid.nextSetBit(0); first >= 0; ) {
      int behind = valid.nextClearBit(first);
      if (count == ranges.length) {
        ranges = Arrays.copyOf(ranges, count * 2);
      }
      ranges[count++] = first;
      ranges[count++] = behind - 1;
      first = valid.nextSetBit(behind);
    }
    return Arrays.copyOf(ranges, count);
  }
}
