package dev.tidemill.storage.json;

import dev.tidemill.storage.files.DataFile;

/**
 * Finds the lines of a file that are not blank, from a position that is a line's start up to
 * another. In a growing file only lines that are ended. One thread.
 */
final class JsonLines extends JsonWindow {
  private final long end;
  private final boolean growing;
  private int taken;

  JsonLines(DataFile file, long from, long end, boolean growing) {
    super(file, from);
    this.end = end;
    this.growing = growing;
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

  /** Behind the line and its end. */
  @Override
  public long nextPosition() {
    return position + taken;
  }
}
