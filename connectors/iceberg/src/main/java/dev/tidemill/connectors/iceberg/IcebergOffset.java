package dev.tidemill.connectors.iceberg;

import dev.tidemill.storage.table.Offset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a table's history.
 *
 * <pre>
 *   1:start                     before the first row
 *   1:at:77                     behind all rows as of snapshot 77
 *   1:in:77:2:500               within the rows as of snapshot 77: behind two of its files and 500 rows of the third
 *   1:of:77:2:500               within the rows that snapshot 77 added to those of its parent
 * </pre>
 *
 * @param kind which of these
 * @param snapshot its number, 0 at the start
 * @param files how many files were taken whole, in the order of {@link SnapshotFiles}
 * @param row how many rows of the next one
 */
record IcebergOffset(Kind kind, long snapshot, int files, long row) {
  static final IcebergOffset START = new IcebergOffset(Kind.START, 0, 0, 0);
  private static final Pattern TEXT =
      Pattern.compile("1:(in|of):([0-9]{1,19}):([0-9]{1,9}):([0-9]{1,18})");
  private static final Pattern WHOLE = Pattern.compile("1:at:([0-9]{1,19})");

  /** What the other numbers mean. */
  enum Kind {
    START,
    /** All rows as of the snapshot. */
    AT,
    /** Some of the rows as of the snapshot. */
    IN,
    /** Some of the rows that the snapshot added. */
    OF
  }

  static IcebergOffset at(long snapshot) {
    return new IcebergOffset(Kind.AT, snapshot, 0, 0);
  }

  /** Some files' rows; {@code isAll} where they are all of them. */
  static IcebergOffset within(Kind kind, long snapshot, int files, long row) {
    return new IcebergOffset(kind, snapshot, files, row);
  }

  boolean isPart() {
    return kind == Kind.IN || kind == Kind.OF;
  }

  Offset toOffset() {
    return new Offset(
        switch (kind) {
          case START -> "1:start";
          case AT -> "1:at:" + snapshot;
          case IN -> "1:in:%d:%d:%d".formatted(snapshot, files, row);
          case OF -> "1:of:%d:%d:%d".formatted(snapshot, files, row);
        });
  }

  static IcebergOffset parse(Offset offset, String path) {
    if (offset.text().equals("1:start")) {
      return START;
    }
    try {
      Matcher whole = WHOLE.matcher(offset.text());
      if (whole.matches()) {
        return at(Long.parseLong(whole.group(1)));
      }
      Matcher part = TEXT.matcher(offset.text());
      if (part.matches()) {
        return new IcebergOffset(
            part.group(1).equals("in") ? Kind.IN : Kind.OF,
            Long.parseLong(part.group(2)),
            Integer.parseInt(part.group(3)),
            Long.parseLong(part.group(4)));
      }
    } catch (NumberFormatException e) {
      throw IcebergErrors.badOffset(path, offset.text());
    }
    throw IcebergErrors.badOffset(path, offset.text());
  }
}
