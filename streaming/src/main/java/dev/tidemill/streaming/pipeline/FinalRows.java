package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.delta.TimeBound;
import java.util.Arrays;
import java.util.List;

/** Which rows of a standing query's result the watermark has made final. */
public final class FinalRows {
  private final List<TimeBound> bounds;
  private final long watermarkMicros;

  /**
   * @param watermarkMicros of the query's last step; {@link Long#MAX_VALUE} makes all rows final
   */
  public FinalRows(StandingPlan plan, long watermarkMicros) {
    int columns = plan.columns().size();
    this.bounds = plan.bounds().stream().filter(bound -> bound.column() < columns).toList();
    this.watermarkMicros = watermarkMicros;
  }

  /** By row of a batch of the result, without its selection, whether it is final. */
  public boolean[] of(Batch batch, MemoryScope memory) {
    boolean[] isFinal = new boolean[batch.length()];
    Arrays.fill(isFinal, watermarkMicros == Long.MAX_VALUE);
    if (watermarkMicros == Long.MAX_VALUE || watermarkMicros == Long.MIN_VALUE) {
      return isFinal;
    }
    for (TimeBound bound : bounds) {
      try (Column plain = Columns.decode(batch.column(bound.column()), memory)) {
        FixedColumn times = (FixedColumn) plain;
        long perSecond = EventTimes.perSecond(times.type());
        for (int i = 0; i < isFinal.length; i++) {
          isFinal[i] |=
              !times.isNull(i) && end(times.longAt(i), perSecond, bound) <= watermarkMicros;
        }
      }
    }
    return isFinal;
  }

  private static long end(long time, long perSecond, TimeBound bound) {
    return EventTimes.plusMillis(EventTimes.microsCeil(time, perSecond), bound.plusMillis());
  }
}
