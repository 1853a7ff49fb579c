package dev.tidemill.sql.parser.grammar;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.sql.parser.error.ParserErrors;
import dev.tidemill.sql.parser.statement.Options;
import dev.tidemill.sql.parser.statement.OutputMode;
import dev.tidemill.sql.parser.statement.Trigger;
import org.jspecify.annotations.Nullable;

/** The clauses between the name of a standing query and its AS, in any order, each at most once. */
final class StandingQueryClauses {
  @Nullable OutputMode outputMode;
  private @Nullable Trigger trigger;
  private @Nullable Options options;

  void add(OutputMode added, SourcePosition position) {
    if (outputMode != null) {
      throw ParserErrors.twice("OUTPUT MODE", position);
    }
    outputMode = added;
  }

  void add(Trigger added, SourcePosition position) {
    if (trigger != null) {
      throw ParserErrors.twice("TRIGGER", position);
    }
    trigger = added;
  }

  void add(Options added, SourcePosition position) {
    if (options != null) {
      throw ParserErrors.twice("WITH", position);
    }
    options = added;
  }

  Trigger trigger() {
    return trigger == null ? new Trigger.AsFastAsPossible() : trigger;
  }

  Options withOptions() {
    return options == null ? Options.NONE : options;
  }
}
