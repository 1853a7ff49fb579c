package dev.tidemill.storage.json;

import dev.tidemill.storage.files.ByteWindow;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FilePlaces;
import dev.tidemill.storage.files.RejectedRow;

/**
 * Finds the lines of a file that are not blank, from a position that is a line's start up to
 * another. In a growing file only lines that are ended. A byte order mark at the file's start is
 * skipped. One thread.
 */
final class JsonLines implements JsonRecords {
  static final int MAX_LINE_BYTES = 64 << 20;

  private final ByteWindow window;
  private final FilePlaces places;
  private final long end;
  private final boolean growing;
  private long position;
  private int length;
  private int taken;
  private boolean tooLong;

  JsonLines(DataFile file, long from, long end, boolean growing) {
    this.window = new ByteWindow(file, from, MAX_LINE_BYTES);
    this.places = new FilePlaces(file);
    this.end = end;
    this.growing = growing;
    if (from == 0) {
      window.more();
      window.advance(byteOrderMark(window));
    }
  }

  /** How many bytes a byte order mark at the beginning of a file has. */
  static int byteOrderMark(ByteWindow window) {
    byte[] b = window.bytes();
    boolean isThere =
        window.limit() >= 3 && b[0] == (byte) 0xEF && b[1] == (byte) 0xBB && b[2] == (byte) 0xBF;
    return isThere ? 3 : 0;
  }

  /** Finds the next line; false behind the last. */
  @Override
  public boolean next() {
    do {
      window.advance(taken);
      taken = 0;
      position = window.position();
      if (position >= end || !find()) {
        return false;
      }
    } while (isBlank());
    return true;
  }

  private boolean find() {
    tooLong = false;
    int scanned = 0;
    while (true) {
      byte[] bytes = window.bytes();
      int limit = window.limit();
      int at = window.start() + scanned;
      while (at < limit && bytes[at] != '\n') {
        at++;
      }
      if (at < limit) {
        length = at - window.start();
        taken = length + 1;
        return true;
      }
      scanned = limit - window.start();
      if (!window.more()) {
        length = scanned;
        taken = scanned;
        tooLong = window.full();
        return scanned > 0 && (tooLong || !growing);
      }
    }
  }

  private boolean isBlank() {
    byte[] bytes = window.bytes();
    for (int i = window.start(); i < window.start() + length; i++) {
      if (!JsonText.isSpace(bytes[i])) {
        return false;
      }
    }
    return true;
  }

  /** Where the line starts in the file. */
  @Override
  public long position() {
    return position;
  }

  /** Behind the line and its end. */
  @Override
  public long nextPosition() {
    return position + taken;
  }

  @Override
  public byte[] bytes() {
    return window.bytes();
  }

  @Override
  public int start() {
    return window.start();
  }

  /** Bytes of the line without its end. */
  @Override
  public int length() {
    return length;
  }

  /** Whether the line was cut off since it is longer than a line may be. */
  @Override
  public boolean isTooLong() {
    return tooLong;
  }

  @Override
  public long bytesRead() {
    return window.bytesRead();
  }

  @Override
  public RejectedRow rejected(long at, String column, String text, String problem) {
    return places.rejected(at, column, text, problem);
  }

  @Override
  public void close() {
    window.close();
  }
}
