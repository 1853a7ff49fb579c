package dev.tidemill.streaming.pipeline;

import dev.tidemill.plan.batch.JoinKind;

/** How a row of one side stands in the result of a join, by whether it has matches. */
final class JoinPresence {
  /** How a row stands there, beside its pairs. */
  enum Stand {
    ABSENT,
    /** Without a mark; where the other side's columns are given, with NULLs in them. */
    ALONE,
    MARKED_TRUE,
    MARKED_FALSE,
    MARKED_UNKNOWN
  }

  private final JoinKind kind;

  JoinPresence(JoinKind kind) {
    this.kind = kind;
  }

  /** Whether rows of a side (0 left, 1 right) stand in the result by whether they have matches. */
  boolean tracks(int side) {
    return switch (kind) {
      case INNER -> false;
      case LEFT, SEMI, ANTI, NULL_AWARE_ANTI, LEFT_MARK, NULL_AWARE_LEFT_MARK -> side == 0;
      case RIGHT -> side == 1;
      case FULL -> true;
    };
  }

  /** Whether it matters that the right side has rows, and NULLs among its keys. */
  boolean isNullAware() {
    return kind == JoinKind.NULL_AWARE_ANTI || kind == JoinKind.NULL_AWARE_LEFT_MARK;
  }

  /**
   * How a row stands in the result.
   *
   * @param isNull whether its key is NULL
   * @param others what is known of the other side
   */
  Stand of(boolean isMatched, boolean isNull, Others others) {
    return switch (kind) {
      case INNER -> Stand.ABSENT;
      case LEFT, RIGHT, FULL, ANTI -> isMatched ? Stand.ABSENT : Stand.ALONE;
      case SEMI -> isMatched ? Stand.ALONE : Stand.ABSENT;
      case LEFT_MARK -> isMatched ? Stand.MARKED_TRUE : Stand.MARKED_FALSE;
      case NULL_AWARE_ANTI ->
          (isNull ? others.any : isMatched || others.anyNull) ? Stand.ABSENT : Stand.ALONE;
      case NULL_AWARE_LEFT_MARK -> {
        if (isMatched && !isNull) {
          yield Stand.MARKED_TRUE;
        }
        yield (isNull ? others.any : others.anyNull) ? Stand.MARKED_UNKNOWN : Stand.MARKED_FALSE;
      }
    };
  }

  /**
   * What matters of all rows of the other side.
   *
   * @param any whether there are any
   * @param anyNull whether one has the key NULL
   */
  record Others(boolean any, boolean anyNull) {
    static final Others NONE = new Others(false, false);
  }
}
