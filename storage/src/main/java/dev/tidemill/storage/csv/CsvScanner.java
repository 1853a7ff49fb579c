package dev.tidemill.storage.csv;

import dev.tidemill.storage.files.ByteWindow;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FilePlaces;
import dev.tidemill.storage.files.RecordPlaces;
import dev.tidemill.storage.files.RecordSource;
import dev.tidemill.storage.files.RejectedRow;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds records and their fields in a CSV file, from a position that is a record's start up to
 * another. What counting, reading and inferring see as a record is decided here alone.
 *
 * <ul>
 *   <li>Records end with LF or CR LF, the last one also with the file. A byte order mark at the
 *       file's start is skipped.
 *   <li>A field that starts with a quote ends with one; inside, delimiters and line ends are text.
 *       A quote elsewhere is text.
 *   <li>Empty lines are no records where a record has more than one field.
 *   <li>A record whose quotes do not work out is a <i>broken</i> one: its first line; the next line
 *       starts a new record.
 * </ul>
 *
 * <p>One thread. The fields are valid until the next call.
 */
final class CsvScanner implements AutoCloseable {
  /** Bytes of the longest record. */
  static final int MAX_RECORD_BYTES = 16 << 20;

  private final ByteWindow window;

  /** What gives records that do not stand in a file, or null. */
  private final @Nullable RecordSource records;

  private final RecordPlaces places;
  private final CsvOptions options;
  private final byte delimiter;
  private final byte quote;
  private final long end;
  private final boolean skipsEmptyLines;

  private int[] starts = new int[32];
  private int[] ends = new int[32];
  private boolean[] quoted = new boolean[32];
  private boolean[] escaped = new boolean[32];
  private int fields;
  private long recordPosition;
  private int recordLength;
  private String problem = "";
  private byte[] unescaped = new byte[256];
  private int unescapedLength;

  /**
   * Opens a file.
   *
   * @param from a record's start
   * @param end records that start before it are found
   * @param skipsEmptyLines whether an empty line is no record
   */
  CsvScanner(DataFile file, CsvOptions options, long from, long end, boolean skipsEmptyLines) {
    this.window = new ByteWindow(file, from, MAX_RECORD_BYTES);
    this.records = null;
    this.places = new FilePlaces(file);
    this.options = options;
    this.delimiter = options.delimiter(file.path());
    this.quote = options.quote();
    this.end = end;
    this.skipsEmptyLines = skipsEmptyLines;
    if (from == 0) {
      skipByteOrderMark();
    }
  }

  /** Takes over {@code records}, each of which is to be a record here too. */
  CsvScanner(RecordSource records, CsvOptions options) {
    this.window = new ByteWindow();
    this.records = records;
    this.places = records;
    this.options = options;
    this.delimiter = options.delimiter("");
    this.quote = options.quote();
    this.end = Long.MAX_VALUE;
    this.skipsEmptyLines = false;
  }

  private void skipByteOrderMark() {
    while (window.limit() < 3 && window.more()) {
      continue;
    }
    byte[] b = window.bytes();
    if (window.limit() >= 3 && b[0] == (byte) 0xEF && b[1] == (byte) 0xBB && b[2] == (byte) 0xBF) {
      window.advance(3);
    }
  }

  /**
   * Finds the next record; false behind the last. A broken record is found too: see {@link
   * #problem}.
   */
  boolean next() {
    if (records != null) {
      return next(records);
    }
    window.advance(recordLength);
    recordLength = 0;
    while (true) {
      problem = "";
      recordPosition = window.position();
      if (recordPosition >= end || !scan()) {
        return false;
      }
      if (skipsEmptyLines
          && problem.isEmpty()
          && fields == 1
          && !quoted[0]
          && starts[0] == ends[0]) {
        window.advance(recordLength);
        recordLength = 0;
        continue;
      }
      return true;
    }
  }

  private boolean next(RecordSource from) {
    if (!from.next()) {
      return false;
    }
    problem = "";
    fields = 0;
    recordPosition = from.position();
    recordLength = from.length();
    window.of(from.bytes(), from.start(), from.length());
    if (!scan()) {
      problem = "the record is empty";
    } else if (problem.isEmpty() && recordLength < from.length()) {
      problem = "the record has more than one line";
    }
    recordLength = from.length();
    return true;
  }

  /**
   * Finds the record at the window's start; false where there is none (or, in a growing file, no
   * whole one).
   */
  private boolean scan() {
    if (window.start() == window.limit() && !window.more()) {
      return false;
    }
    while (true) {
      switch (split()) {
        case WHOLE -> {
          return true;
        }
        case BROKEN -> {
          return breakAtLineEnd();
        }
        case CUT_OFF -> {
          boolean knewTheEnd = window.ended();
          if (window.more() || window.ended() != knewTheEnd) {
            continue;
          }
          if (window.full()) {
            problem = "the record is longer than 16 MiB";
            return breakAtLineEnd();
          }
          if (options.growing()) {
            return false;
          }
          return endWithFile();
        }
      }
    }
  }

  private enum Outcome {
    WHOLE,
    BROKEN,
    /** The window ends before the record does. */
    CUT_OFF
  }

  /** Splits the record at the window's start into fields, as far as the window goes. */
  private Outcome split() {
    byte[] bytes = window.bytes();
    int limit = window.limit();
    int at = window.start();
    fields = 0;
    while (true) {
      int next;
      if (quote != 0 && at < limit && bytes[at] == quote) {
        int close = closingQuote(bytes, at + 1, limit);
        if (close == limit) {
          unclosed = true;
          return Outcome.CUT_OFF;
        }
        addField(at + 1, close, true, fieldEscaped);
        next = close + 1;
        if (next < limit && bytes[next] == '\r') {
          next++;
          if (next < limit && bytes[next] != '\n') {
            problem = "text stands behind the closing quote of a field";
            return Outcome.BROKEN;
          }
        }
      } else {
        next = at;
        while (next < limit && bytes[next] != delimiter && bytes[next] != '\n') {
          next++;
        }
        boolean lineEnd = next == limit || bytes[next] == '\n';
        addField(
            at, lineEnd && next > at && bytes[next - 1] == '\r' ? next - 1 : next, false, false);
      }
      unclosed = false;
      if (next == limit) {
        return Outcome.CUT_OFF;
      }
      at = next + 1;
      if (bytes[next] == '\n') {
        recordLength = at - window.start();
        return Outcome.WHOLE;
      }
      if (bytes[next] != delimiter) {
        problem = "text stands behind the closing quote of a field";
        return Outcome.BROKEN;
      }
    }
  }

  private boolean fieldEscaped;
  private boolean unclosed;

  /**
   * Where the field that starts at {@code from} is closed, or {@code limit}. Tells {@link
   * #fieldEscaped}.
   */
  private int closingQuote(byte[] bytes, int from, int limit) {
    byte escape = options.escape();
    fieldEscaped = false;
    int at = from;
    while (true) {
      while (at < limit && bytes[at] != quote && bytes[at] != escape) {
        at++;
      }
      boolean last = at + 1 >= limit;
      if (at == limit || (last && !window.ended())) {
        return limit;
      }
      boolean escapes = !last && bytes[at] == escape && (escape != quote || bytes[at + 1] == quote);
      if (escapes) {
        fieldEscaped = true;
        at += 2;
      } else if (bytes[at] == quote) {
        return at;
      } else {
        at++;
      }
    }
  }

  /** The file ends with the record. */
  private boolean endWithFile() {
    if (unclosed) {
      problem = "a quoted field is not closed";
      return breakAtLineEnd();
    }
    recordLength = window.limit() - window.start();
    return true;
  }

  /** The broken record is its first line; in a growing file, if that is whole. */
  private boolean breakAtLineEnd() {
    fields = 0;
    int at = window.start();
    while (true) {
      while (at < window.limit() && window.bytes()[at] != '\n') {
        at++;
      }
      if (at < window.limit()) {
        recordLength = at + 1 - window.start();
        return true;
      }
      int offset = at - window.start();
      if (!window.more()) {
        recordLength = offset;
        return !options.growing() || window.full();
      }
      at = window.start() + offset;
    }
  }

  private void addField(int start, int fieldEnd, boolean isQuoted, boolean isEscaped) {
    if (fields == starts.length) {
      starts = Arrays.copyOf(starts, fields * 2);
      ends = Arrays.copyOf(ends, fields * 2);
      quoted = Arrays.copyOf(quoted, fields * 2);
      escaped = Arrays.copyOf(escaped, fields * 2);
    }
    starts[fields] = start;
    ends[fields] = fieldEnd;
    quoted[fields] = isQuoted;
    escaped[fields++] = isEscaped;
  }

  /** The record as one that cannot be read. */
  RejectedRow rejected(String column, String text, String why) {
    return places.rejected(recordPosition, column, text, why);
  }

  /** What is wrong with the record, or empty. */
  String problem() {
    return problem;
  }

  /** Where the record starts in the file. */
  long position() {
    return recordPosition;
  }

  /** Behind the record and its line end. */
  long nextPosition() {
    return recordPosition + recordLength;
  }

  int fieldCount() {
    return fields;
  }

  boolean isQuoted(int field) {
    return quoted[field];
  }

  /** Makes a field's text ready: {@link #bytes}, {@link #offset}, {@link #length} give it. */
  void select(int field) {
    if (!escaped[field]) {
      selected = window.bytes();
      offset = starts[field];
      length = ends[field] - starts[field];
      return;
    }
    unescape(field);
    selected = unescaped;
    offset = 0;
    length = unescapedLength;
  }

  private byte[] selected = new byte[0];
  private int offset;
  private int length;

  byte[] bytes() {
    return selected;
  }

  int offset() {
    return offset;
  }

  int length() {
    return length;
  }

  private void unescape(int field) {
    byte[] bytes = window.bytes();
    int to = 0;
    if (unescaped.length < ends[field] - starts[field]) {
      unescaped = new byte[(ends[field] - starts[field]) * 2];
    }
    for (int at = starts[field]; at < ends[field]; at++) {
      if (bytes[at] == options.escape() && at + 1 < ends[field]) {
        at++;
      }
      unescaped[to++] = bytes[at];
    }
    unescapedLength = to;
  }

  String text(int field) {
    select(field);
    return new String(selected, offset, length, StandardCharsets.UTF_8);
  }

  /** The record as it stands in the file, without its line end, at most 200 bytes. */
  String recordText() {
    int count = recordLength;
    byte[] bytes = window.bytes();
    while (count > 0
        && (bytes[window.start() + count - 1] == '\n'
            || bytes[window.start() + count - 1] == '\r')) {
      count--;
    }
    return new String(bytes, window.start(), Math.min(count, 200), StandardCharsets.UTF_8);
  }

  long bytesRead() {
    return records == null ? window.bytesRead() : records.bytesRead();
  }

  @Override
  public void close() {
    window.close();
    if (records != null) {
      records.close();
    }
  }
}
