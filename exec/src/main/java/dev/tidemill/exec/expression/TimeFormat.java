package dev.tidemill.exec.expression;

import dev.tidemill.exec.expression.TimePatterns.TimePattern;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Literal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import org.jspecify.annotations.Nullable;

/** Dates and times as texts by a pattern. */
final class TimeFormat {
  /** A batch with more spans than a part of its rows is written row by row. */
  private static final int ROWS_PER_SPAN = 32;

  /** Spans whose texts are kept; a power of two. */
  private static final int REMEMBERED = 1 << 12;

  private static final int MOST_REMEMBERED_BYTES = 64;

  private TimeFormat() {}

  /** {@code FORMAT_TIME(time, pattern [, zone])} and its likes in other languages. */
  static Kernel kernel(Call call) {
    Kernel byRow = byRow(call);
    Type type = call.arguments().getFirst().type();
    if (call.arguments().size() == 2
        && call.arguments().get(1) instanceof Literal literal
        && literal.value() instanceof String pattern) {
      if (type instanceof Type.Date) {
        return remembering(call, 1, pattern);
      }
      long perSecond = Conversions.isTimestamp(type) ? Temporals.perSecond(type) : 0;
      long span = perSecond * secondsAlike(call, pattern);
      if (span > 1) {
        Kernel remembering = remembering(call, span, pattern);
        return (evaluation, rows, arguments) -> {
          Value spans = bySpan(call, evaluation, rows, arguments, span, pattern);
          return spans == null ? remembering.apply(evaluation, rows, arguments) : spans;
        };
      }
    }
    return byRow;
  }

  /** 0 of a pattern that is wrong, too: the rows say so, if there are any. */
  private static int secondsAlike(Call call, String pattern) {
    try {
      return TimePatterns.pattern(call.function(), pattern).seconds();
    } catch (TidemillException e) {
      return 0;
    }
  }

  /** What all times of a span are written as. */
  private record Written(long span, byte[] text) {}

  /**
   * Row by row, but the texts of the last spans are kept, each at a place of its own. Threads may
   * lose each other's, which are immutable.
   */
  private static Kernel remembering(Call call, long span, String letters) {
    Type type = call.arguments().getFirst().type();
    @Nullable Written[] known = new Written[REMEMBERED];
    return (evaluation, rows, arguments) -> {
      FixedColumn times = (FixedColumn) evaluation.fullColumn(arguments[0]);
      BytesWriter writer = new BytesWriter(evaluation);
      TimePattern pattern = null;
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        if (times.isNull(row)) {
          continue;
        }
        long time = times.longAt(row);
        long of = span == 1 ? time : Math.floorDiv(time, span);
        int place = (int) of & (REMEMBERED - 1);
        Written written = known[place];
        if (written == null || written.span != of) {
          pattern = pattern == null ? TimePatterns.pattern(call.function(), letters) : pattern;
          String text = text(call, type, time, ZoneOffset.UTC, pattern, letters);
          written = new Written(of, text.getBytes(StandardCharsets.UTF_8));
          if (written.text.length <= MOST_REMEMBERED_BYTES) {
            known[place] = written;
          }
        }
        writer.put(row, written.text, written.text.length);
      }
      return writer.done(call.type(), evaluation.validity(times));
    };
  }

  private static Kernel byRow(Call call) {
    Type type = call.arguments().getFirst().type();
    return RegularExpressions.perBatch(
        () -> {
          TimePatterns.Seen patterns = new TimePatterns.Seen(call.function());
          TimeValues.Zones zones = new TimeValues.Zones();
          return RowKernels.text(
              call.type(),
              arguments -> {
                ZoneId zone =
                    call.arguments().size() == 3 ? zones.of(arguments.text(2)) : ZoneOffset.UTC;
                String pattern = arguments.text(1);
                return text(call, type, arguments.integer(0), zone, patterns.of(pattern), pattern);
              });
        });
  }

  private static String text(
      Call call, Type type, long value, ZoneId zone, TimePattern pattern, String letters) {
    Object object = Temporals.object(type, value);
    TemporalAccessor time =
        object instanceof Instant instant ? instant.atZone(zone) : (TemporalAccessor) object;
    DateTimeFormatter formatter = pattern.formatter();
    try {
      return formatter.format(time);
    } catch (DateTimeException e) {
      throw ExpressionErrors.invalidPattern(
          call.function(), letters, "it does not go with " + type + ": " + e.getMessage());
    }
  }

  /**
   * Times of the same span are written once: they are codes of a dictionary. Null where there are
   * too many spans.
   */
  private static @Nullable Value bySpan(
      Call call, Evaluation evaluation, Rows rows, Value[] arguments, long span, String letters) {
    if (!(arguments[0] instanceof Vector vector)
        || !(vector.column() instanceof FixedColumn times)) {
      return null;
    }
    long[] spans = new long[rows.count / ROWS_PER_SPAN + 1];
    int[] codes = new int[rows.count];
    int known = spans(times, rows, span, spans, codes);
    if (known < 0) {
      return null;
    }
    Type type = call.arguments().getFirst().type();
    TimePattern pattern = TimePatterns.pattern(call.function(), letters);
    Column dictionary;
    try (ColumnBuilder entries =
        ColumnBuilder.of(call.type(), evaluation.context.memory(), Math.max(1, known))) {
      for (int i = 0; i < known; i++) {
        entries.appendValue(text(call, type, spans[i] * span, ZoneOffset.UTC, pattern, letters));
      }
      dictionary = entries.build();
    }
    try {
      Buffer to = evaluation.allocateZeroed(Math.max(1, evaluation.length) * 4L);
      for (int i = 0; i < rows.count; i++) {
        Memory.putInt(to.address() + rows.row(i) * 4L, codes[i]);
      }
      Buffer validity = evaluation.validity(times);
      return evaluation.done(new DictionaryColumn(evaluation.length, to, dictionary, validity));
    } catch (Throwable t) {
      dictionary.close();
      throw t;
    }
  }

  /** Numbers the spans of the rows; how many there are, or -1 if more than there is room for. */
  private static int spans(FixedColumn times, Rows rows, long span, long[] spans, int[] codes) {
    int known = 0;
    int last = -1;
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      if (times.isNull(row)) {
        continue;
      }
      long of = Math.floorDiv(times.longAt(row), span);
      if (last < 0 || spans[last] != of) {
        last = 0;
        while (last < known && spans[last] != of) {
          last++;
        }
        if (last == known) {
          if (known == spans.length) {
            return -1;
          }
          spans[known++] = of;
        }
      }
      codes[i] = last;
    }
    return known;
  }
}
