package dev.tidemill.storage.json;

import dev.tidemill.storage.files.ColumnNames;
import java.util.Arrays;
import java.util.List;

/** Where the values of a row's columns stand in a JSON object. One thread. */
final class JsonRow {
  private final JsonText json;
  private final List<String> names;
  private final int[] starts;
  private final int[] ends;
  private final boolean[] exact;

  /** The keys of the last object, in order, and their columns: most objects have the same. */
  private byte[][] knownKeys = new byte[16][];

  private int[] knownColumns = new int[16];
  private int knownCount;

  JsonRow(JsonText json, List<String> names) {
    this.json = json;
    this.names = List.copyOf(names);
    this.starts = new int[names.size()];
    this.ends = new int[names.size()];
    this.exact = new boolean[names.size()];
  }

  /** Whether the object has a value for a column. */
  boolean has(int column) {
    return ends[column] > 0;
  }

  int start(int column) {
    return starts[column];
  }

  int end(int column) {
    return ends[column];
  }

  /**
   * Finds where the columns' values stand; gives the place behind the object, or -1 with a problem
   * where there is none.
   */
  int locate(int from) {
    Arrays.fill(ends, 0);
    Arrays.fill(exact, false);
    int at = json.expect(from, '{');
    if (at < 0) {
      return -1;
    }
    at = json.skipSpace(at);
    if (json.byteAt(at) == '}') {
      return at + 1;
    }
    for (int key = 0; ; key++) {
      at = json.skipSpace(at);
      if (json.byteAt(at) != '"') {
        return json.expect(at, '"');
      }
      int keyEnd = json.skipString(at);
      int value = keyEnd < 0 ? -1 : json.expect(keyEnd, ':');
      value = value < 0 ? -1 : json.skipSpace(value);
      int behind = value < 0 ? -1 : json.skipValue(value);
      if (behind < 0) {
        return -1;
      }
      note(column(key, at, keyEnd), value, behind);
      at = json.skipSpace(behind);
      if (json.byteAt(at) == '}') {
        return at + 1;
      }
      at = json.expect(at, ',');
      if (at < 0) {
        return -1;
      }
    }
  }

  /**
   * Keeps where a column's value stands. A key that is spelled exactly like the column wins over
   * one that differs in case.
   *
   * @param column its place times two, plus one where the spelling is exact; negative for none
   */
  private void note(int column, int from, int to) {
    if (column < 0) {
      return;
    }
    int place = column >> 1;
    boolean isExact = (column & 1) == 1;
    if (isExact || !exact[place]) {
      starts[place] = from;
      ends[place] = to;
      exact[place] = isExact;
    }
  }

  private int column(int key, int from, int to) {
    int length = to - from;
    if (key < knownCount) {
      byte[] known = knownKeys[key];
      if (Arrays.equals(known, 0, known.length, json.bytes(), from, to)) {
        return knownColumns[key];
      }
    }
    String name = json.string(from, to);
    int place = ColumnNames.indexOf(names, name);
    int column = place < 0 ? -1 : place << 1 | (names.get(place).equals(name) ? 1 : 0);
    remember(key, Arrays.copyOfRange(json.bytes(), from, from + length), column);
    return column;
  }

  private void remember(int key, byte[] bytes, int column) {
    if (key >= 1024) {
      return;
    }
    if (key >= knownKeys.length) {
      knownKeys = Arrays.copyOf(knownKeys, key * 2);
      knownColumns = Arrays.copyOf(knownColumns, key * 2);
    }
    if (key <= knownCount) {
      knownKeys[key] = bytes;
      knownColumns[key] = column;
      knownCount = Math.max(knownCount, key + 1);
    }
  }
}
