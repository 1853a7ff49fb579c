package dev.tidemill.streaming.state;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;

/** What can go wrong with state. */
final class StateErrors {
  private static final ErrorCode SNAPSHOT_DAMAGED = ErrorCode.lasting("STATE_SNAPSHOT_DAMAGED");
  private static final ErrorCode SNAPSHOT_VERSION =
      ErrorCode.lasting("STATE_SNAPSHOT_VERSION_UNKNOWN");

  private StateErrors() {}

  static TidemillException damaged(String name, String what) {
    return new TidemillException(
        SNAPSHOT_DAMAGED,
        "the snapshot %s of a standing query's state is damaged: %s".formatted(name, what));
  }

  static TidemillException unknownVersion(String name, int found, int known) {
    return new TidemillException(
        SNAPSHOT_VERSION,
        "the snapshot %s of a standing query's state is of version %d; this Tidemill reads version %d. Use the Tidemill that wrote it"
            .formatted(name, found, known));
  }
}
