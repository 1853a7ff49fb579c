package dev.tidemill.streaming;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemill.foundation.setting.StatePlace;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.OutputMode;
import org.jspecify.annotations.Nullable;

/**
 * What CREATE STANDING QUERY said, names resolved.
 *
 * @param sink the table it delivers to, or null where the result is kept
 * @param maxRowsPerStep the most input rows of a step, at least 1
 * @param targetStepMillis the time that a step is to take: the rows of a step follow it, up to
 *     {@code maxRowsPerStep}; 0 where they do not
 * @param retries how it goes on after trouble outside; null is as where nothing is said
 * @param skipsFailing whether rows that an expression fails of are set aside
 * @param state where its state is; null is as where nothing is said
 * @param sql the statement's canonical text
 */
public record QueryDefinition(
    String name,
    @Nullable TableReference sink,
    OutputMode mode,
    Trigger trigger,
    long maxRowsPerStep,
    long targetStepMillis,
    @Nullable Retries retries,
    boolean skipsFailing,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable StatePlace state,
    String sql) {

  /** The same under another name. */
  public QueryDefinition named(String other) {
    return new QueryDefinition(
        other,
        sink,
        mode,
        trigger,
        maxRowsPerStep,
        targetStepMillis,
        retries,
        skipsFailing,
        state,
        sql);
  }
}
