package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One dictionary of several: that of the first column, and behind it what further ones have beside.
 *
 * <pre>
 *   dictionaries   AIR MAIL     MAIL SHIP     AIR MAIL
 *   translations   0   1        1    2        0   1        union   AIR MAIL SHIP
 * </pre>
 */
final class DictionaryUnion {
  private static final int[] SAME = {};

  /** More are not worth their place on the heap. */
  private static final int MAX_ENTRIES = 1 << 16;

  private final Column base;
  private final Map<Column, int[]> translations = new IdentityHashMap<>();

  /** Where each entry behind those of {@link #base} comes from: a dictionary and a place in it. */
  private Column[] freshFrom = new Column[16];

  private int[] freshPlaces = new int[16];
  private int fresh;

  /** By slot an entry's code + 1, 0 where free; at most half full, empty until it is needed. */
  private int[] directory = {};

  private DictionaryUnion(Column base) {
    this.base = base;
    translations.put(base, SAME);
  }

  /**
   * Of columns that are all codes, of dictionaries that together are small beside the rows; else
   * null.
   */
  static @Nullable DictionaryUnion of(List<? extends Column> columns, int rows) {
    if (!(columns.getFirst() instanceof DictionaryColumn first)) {
      return null;
    }
    DictionaryUnion union = new DictionaryUnion(first.dictionary());
    long entries = first.dictionary().length();
    Column last = first.dictionary();
    for (Column column : columns) {
      if (!(column instanceof DictionaryColumn codes) || !union.takes(codes.dictionary())) {
        return null;
      }
      if (codes.dictionary() != last && union.translations.put(codes.dictionary(), SAME) == null) {
        entries += codes.dictionary().length();
      }
      last = codes.dictionary();
    }
    if (union.translations.size() > 1 && entries > Math.min(MAX_ENTRIES, rows / 2)) {
      return null;
    }
    for (Column dictionary : List.copyOf(union.translations.keySet())) {
      union.add(dictionary);
    }
    return union;
  }

  private boolean takes(Column dictionary) {
    return switch (dictionary) {
      case BytesColumn bytes -> base instanceof BytesColumn;
      case FixedColumn fixed -> base instanceof FixedColumn own && own.width() == fixed.width();
      default -> dictionary == base;
    };
  }

  private void add(Column dictionary) {
    if (dictionary == base || isSame(dictionary)) {
      return;
    }
    if (directory.length == 0) {
      enlarge();
    }
    int[] codes = new int[dictionary.length()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = code(dictionary, i);
    }
    translations.put(dictionary, codes);
  }

  private boolean isSame(Column dictionary) {
    boolean same = dictionary.length() == base.length();
    for (int i = 0; same && i < dictionary.length(); i++) {
      same = equal(dictionary, i, base, i);
    }
    return same;
  }

  private int code(Column dictionary, int place) {
    int mask = directory.length - 1;
    int slot = hash(dictionary, place) & mask;
    for (int code = directory[slot] - 1; code >= 0; code = directory[slot] - 1) {
      if (equal(source(code), place(code), dictionary, place)) {
        return code;
      }
      slot = slot + 1 & mask;
    }
    int added = base.length() + fresh;
    if (fresh == freshFrom.length) {
      freshFrom = Arrays.copyOf(freshFrom, fresh * 2);
      freshPlaces = Arrays.copyOf(freshPlaces, fresh * 2);
    }
    freshFrom[fresh] = dictionary;
    freshPlaces[fresh++] = place;
    directory[slot] = added + 1;
    if ((added + 1) * 2L > directory.length) {
      enlarge();
    }
    return added;
  }

  private Column source(int code) {
    return code < base.length() ? base : freshFrom[code - base.length()];
  }

  private int place(int code) {
    return code < base.length() ? code : freshPlaces[code - base.length()];
  }

  private void enlarge() {
    int count = base.length() + fresh;
    directory = new int[Integer.highestOneBit(Math.max(16, count)) * 4];
    int mask = directory.length - 1;
    for (int code = 0; code < count; code++) {
      int slot = hash(source(code), place(code)) & mask;
      while (directory[slot] != 0) {
        slot = slot + 1 & mask;
      }
      directory[slot] = code + 1;
    }
  }

  private static boolean equal(Column a, int i, Column b, int j) {
    if (a instanceof BytesColumn bytes) {
      return bytes.equalAt(i, (BytesColumn) b, j);
    }
    int width = ((FixedColumn) a).width();
    return Memory.equal(
        ((FixedColumn) a).address() + (long) i * width,
        ((FixedColumn) b).address() + (long) j * width,
        width);
  }

  private static int hash(Column column, int place) {
    long at;
    int length;
    if (column instanceof BytesColumn bytes) {
      at = bytes.addressAt(place);
      length = bytes.lengthAt(place);
    } else {
      length = ((FixedColumn) column).width();
      at = ((FixedColumn) column).address() + (long) place * length;
    }
    long hash = length;
    for (int i = 0; i < length; i++) {
      hash = hash * 31 + Memory.getByte(at + i);
    }
    return (int) (hash * 0x9E3779B97F4A7C15L >>> 32);
  }

  /** The union, the caller's to close. */
  Column dictionary(MemoryScope scope) {
    if (fresh == 0) {
      return base.retain();
    }
    try (Partial parts = new Partial()) {
      List<Column> all = new ArrayList<>();
      all.add(base);
      for (int from = 0; from < fresh; ) {
        int end = from + 1;
        while (end < fresh && freshFrom[end] == freshFrom[from]) {
          end++;
        }
        all.add(parts.add(Columns.take(freshFrom[from], freshPlaces, from, end - from, scope)));
        from = end;
      }
      return Columns.concat(all, base.type(), scope);
    }
  }

  /** Writes the codes of a column's rows, 0 for NULL, as those of the union. */
  void translate(DictionaryColumn column, long to) {
    int[] codes = translations.getOrDefault(column.dictionary(), SAME);
    if (codes == SAME) {
      Memory.copy(column.address(), to, column.length() * 4L);
      return;
    }
    for (int i = 0; i < column.length(); i++) {
      Memory.putInt(to + ((long) i << 2), column.isNull(i) ? 0 : codes[column.codeAt(i)]);
    }
  }
}
