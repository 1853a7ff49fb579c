package dev.tidemill.streaming.state;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;

/** What can go wrong with state. */
final class StateErrors {
  private static final ErrorCode SNAPSHOT_DAMAGED = ErrorCode.external("STATE_SNAPSHOT_DAMAGED");
  private static final ErrorCode SNAPSHOT_VERSION =
      ErrorCode.external("STATE_SNAPSHOT_VERSION_UNKNOWN");

  private StateErrors() {}

  static TidemillException damaged(String what) {
    return new TidemillException(
        SNAPSHOT_DAMAGED,
        "the snapshot of the state is damaged: " + what + "; an older one may be used instead");
  }

  static TidemillException unknownVersion(int found, int known) {
    return new TidemillException(
        SNAPSHOT_VERSION,
        "the snapshot of the state has version %d; this Tidemill knows version %d. Use the Tidemill that wrote it"
            .formatted(found, known));
  }
}
