package dev.tidemill.storage.versions;

import dev.tidemill.storage.table.Offset;

/**
 * A place in a table's history: behind a commit and so many rows of the next, which has only added
 * some.
 *
 * <pre>
 *   7        snapshot 7
 *   7+4000   and the first 4000 rows of commit 8
 * </pre>
 */
record Place(long commit, long rows) {
  static final Place START = new Place(0, 0);

  static Place parse(Offset offset) {
    String text = offset.text();
    int plus = text.indexOf('+');
    try {
      return plus < 0
          ? new Place(Long.parseLong(text), 0)
          : new Place(
              Long.parseLong(text.substring(0, plus)), Long.parseLong(text.substring(plus + 1)));
    } catch (NumberFormatException e) {
      throw VersionErrors.badOffset(text);
    }
  }

  Offset toOffset() {
    return new Offset(rows == 0 ? Long.toString(commit) : commit + "+" + rows);
  }
}
