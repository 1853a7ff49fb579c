package dev.tidemill.streaming.log;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemill.storage.table.Offset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A line of the step log. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "record")
@JsonSubTypes({
  @JsonSubTypes.Type(value = LogRecord.Plan.class, name = "plan"),
  @JsonSubTypes.Type(value = LogRecord.Commit.class, name = "commit"),
})
public sealed interface LogRecord {
  long step();

  /**
   * What a step takes.
   *
   * @param timeMicros the step's time, microseconds since the epoch
   * @param queries what each query that takes part takes
   */
  record Plan(long step, long timeMicros, List<Share> queries) implements LogRecord {
    public Plan {
      queries = List.copyOf(queries);
    }
  }

  /**
   * What a query takes in a step.
   *
   * @param query its identity, which outlives its name
   * @param ranges per table's path
   * @param last whether the query then has what it was to take, and ends
   */
  record Share(
      String query,
      List<TableRange> ranges,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean last) {
    public Share {
      ranges = List.copyOf(ranges);
    }
  }

  /**
   * A table's rows between two offsets.
   *
   * @param from null where the query has taken nothing yet
   * @param ended whether nothing will ever come behind {@code to}
   * @param waiting whether there were rows behind {@code to}: then it is not known of which
   *     partitions, and none becomes idle
   * @param start where from null was: what the table's start was then
   */
  record TableRange(
      List<String> table,
      @Nullable Offset from,
      Offset to,
      boolean ended,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean waiting,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Offset start) {
    public TableRange {
      table = List.copyOf(table);
    }

    /** One behind which there was nothing. */
    public TableRange(List<String> table, @Nullable Offset from, Offset to, boolean ended) {
      this(table, from, to, ended, false, null);
    }

    /** The offset before the first row, or null for the table's start. */
    public @Nullable Offset first() {
      return from == null ? start : from;
    }
  }

  /**
   * That a step is done.
   *
   * @param failed the queries (by identity) that had a share and failed, with the error's text:
   *     they have not taken it
   */
  record Commit(long step, Map<String, String> failed) implements LogRecord {
    public Commit {
      failed = Map.copyOf(failed);
    }
  }
}
