package dev.tidemill.exec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;

/** Asserts about the text of errors. */
final class TidemillExceptionText {
  private TidemillExceptionText() {}

  static void contains(TidemillException thrown, String part) {
    assertTrue(thrown.text().contains(part), thrown.text());
  }
}
