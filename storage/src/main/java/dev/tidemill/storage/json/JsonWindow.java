package dev.tidemill.storage.json;

import dev.tidemill.storage.files.ByteWindow;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FilePlaces;
import dev.tidemill.storage.files.RejectedRow;

/**
 * Objects that are found one by one in a window over the bytes of a file. A byte order mark at the
 * file's start is skipped. One thread.
 */
abstract class JsonWindow implements JsonRecords {
  static final int MAX_BYTES = 64 << 20;

  final ByteWindow window;

  /**
   * Where the object starts in the file, its bytes, and whether it was cut off for their number.
   */
  long position;

  int length;
  boolean tooLong;
  private final FilePlaces places;

  JsonWindow(DataFile file, long from) {
    this.window = new ByteWindow(file, from, MAX_BYTES);
    this.places = new FilePlaces(file);
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

  @Override
  public final long position() {
    return position;
  }

  @Override
  public final byte[] bytes() {
    return window.bytes();
  }

  @Override
  public final int start() {
    return window.start();
  }

  @Override
  public final int length() {
    return length;
  }

  @Override
  public final boolean isTooLong() {
    return tooLong;
  }

  @Override
  public final long bytesRead() {
    return window.bytesRead();
  }

  @Override
  public final RejectedRow rejected(long at, String column, String text, String problem) {
    return places.rejected(at, column, text, problem);
  }

  @Override
  public final void close() {
    window.close();
  }
}
