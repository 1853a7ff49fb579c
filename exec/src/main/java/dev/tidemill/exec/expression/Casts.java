package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.format.NestedText;
import dev.tidemill.foundation.format.TimeZones;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.format.ValueParser;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CAST: which loop. Casts without a loop, and batches in which a value does not fit, go value by
 * value through {@link Conversions}, which also tells who is to blame, or gives the NULLs of
 * TRY_CAST.
 */
final class Casts {
  private static final long SECONDS_PER_DAY = 86_400;

  private Casts() {}

  /** Casts a column as long as the batch. */
  interface Implementation {
    Value cast(Evaluation evaluation, Rows rows, Column column);
  }

  /** A loop; null where a value did not fit. */
  private interface Loop {
    @Nullable Value cast(Evaluation evaluation, FixedColumn column);
  }

  /**
   * @throws dev.tidemill.foundation.error.TidemillException UNSUPPORTED_CAST
   */
  static Implementation of(Type from, Type to, boolean nullOnFailure) {
    return of(from, to, nullOnFailure, ZoneOffset.UTC);
  }

  /**
   * As {@link #of(Type, Type, boolean)}, by the clocks of {@code zone}.
   *
   * @throws dev.tidemill.foundation.error.TidemillException UNSUPPORTED_CAST
   */
  static Implementation of(Type from, Type to, boolean nullOnFailure, ZoneId zone) {
    if (!Conversions.exists(from, to)) {
      throw ExpressionErrors.unsupportedCast(from, to);
    }
    if (from instanceof Type.Null) {
      return (evaluation, rows, column) -> Evaluation.nullOf(to);
    }
    boolean byClocks = isByClocks(from, to) && !TimeZones.isUtc(zone);
    if (!byClocks && isSameValue(from, to)) {
      return (evaluation, rows, column) -> retype(evaluation, column, to);
    }
    if (from instanceof Type.Varchar) {
      return to instanceof Type.Varchar t
          ? (evaluation, rows, column) -> cut(evaluation, rows, column, t)
          : Conversions.isNested(to)
              ? (evaluation, rows, column) ->
                  parseNested(evaluation, rows, (BytesColumn) column, to, nullOnFailure, zone)
              : (evaluation, rows, column) ->
                  parseRows(evaluation, rows, (BytesColumn) column, to, nullOnFailure, zone);
    }
    Implementation slow =
        (evaluation, rows, column) ->
            convertRows(evaluation, rows, column, from, to, nullOnFailure, zone);
    if (to instanceof Type.Varchar text && TextCasts.has(from, text)) {
      return (evaluation, rows, column) -> {
        Value written = TextCasts.cast(evaluation, rows, (FixedColumn) column, to);
        return written == null ? slow.cast(evaluation, rows, column) : written;
      };
    }
    Loop loop = byClocks ? clockLoop(from, to, WallClock.of(zone)) : loop(from, to);
    if (loop == null) {
      return slow;
    }
    return (evaluation, rows, column) -> {
      Value result = loop.cast(evaluation, (FixedColumn) column);
      return result == null ? slow.cast(evaluation, rows, column) : result;
    };
  }

  /** Whether one of them is an instant and the other what clocks show. */
  private static boolean isByClocks(Type from, Type to) {
    return isInstant(from) && (isDateOrTimestamp(to) || to instanceof Type.Time)
        || isInstant(to) && isDateOrTimestamp(from);
  }

  private static boolean isInstant(Type type) {
    return type instanceof Type.ZonedTimestamp;
  }

  private static boolean isDateOrTimestamp(Type type) {
    return type instanceof Type.Date || type instanceof Type.Timestamp;
  }

  /** Between an instant and what clocks show, by way of a TIMESTAMP of the instant's unit. */
  private static @Nullable Loop clockLoop(Type from, Type to, WallClock clock) {
    Type.Timestamp shown = new Type.Timestamp(precision(isInstant(from) ? from : to));
    if (isInstant(from)) {
      Loop rest = plainLoop(shown, to);
      return (e, c) -> {
        Vector local = clock.toLocal(e, c, shown);
        return local == null || rest == null ? null : rest.cast(e, (FixedColumn) local.column());
      };
    }
    Loop first = plainLoop(from, shown);
    Type.ZonedTimestamp instant = (Type.ZonedTimestamp) to;
    return (e, c) -> {
      Value local = first == null ? null : first.cast(e, c);
      return local instanceof Vector vector
          ? clock.toInstant(e, (FixedColumn) vector.column(), instant)
          : null;
    };
  }

  private static @Nullable Loop plainLoop(Type from, Type to) {
    return isSameValue(from, to) ? (e, c) -> retype(e, c, to) : loop(from, to);
  }

  /** Whether every value of the one is a value of the other as it stands. */
  private static boolean isSameValue(Type from, Type to) {
    if (from.equals(to)) {
      return true;
    }
    return switch (to) {
      case Type.Varchar t -> from instanceof Type.Varchar f && t.maxLength() >= f.maxLength();
      case Type.Decimal t ->
          from instanceof Type.Decimal f
              && t.scale() == f.scale()
              && t.precision() >= f.precision();
      case Type.Time t ->
          from instanceof Type.Time f && isSameTime(f.precision(), t.precision(), true);
      case Type.Timestamp t ->
          Conversions.isTimestamp(from) && isSameTime(precision(from), t.precision(), false);
      case Type.ZonedTimestamp t ->
          Conversions.isTimestamp(from) && isSameTime(precision(from), t.precision(), false);
      default -> false;
    };
  }

  private static boolean isSameTime(int from, int to, boolean isTime) {
    return to >= from
        && (isTime
            ? TimeUnits.timePerSecond(from) == TimeUnits.timePerSecond(to)
            : TimeUnits.perSecond(from) == TimeUnits.perSecond(to));
  }

  private static int precision(Type type) {
    return switch (type) {
      case Type.Timestamp t -> t.precision();
      case Type.ZonedTimestamp t -> t.precision();
      case Type.Time t -> t.precision();
      default -> throw new IllegalStateException("no precision: " + type);
    };
  }

  /** The same values under another type. */
  static Vector retype(Evaluation evaluation, Column column, Type type) {
    return column.type().equals(type)
        ? new Vector(column)
        : rebuild(evaluation, column, type, evaluation.validity(column));
  }

  /** The same values with another type and validity, which belongs to the column in the making. */
  static Vector rebuild(
      Evaluation evaluation, Column column, Type type, @Nullable Buffer validity) {
    int length = column.length();
    return evaluation.done(
        switch (column) {
          case FixedColumn c ->
              new FixedColumn(
                  type, length, c.width(), evaluation.share(c.valuesBuffer()), validity);
          case BooleanColumn c ->
              new BooleanColumn(length, evaluation.share(c.valuesBuffer()), validity);
          case BytesColumn c -> {
            List<Buffer> data = new ArrayList<>();
            for (int i = 0; i < c.dataCount(); i++) {
              data.add(evaluation.share(c.dataBuffer(i)));
            }
            yield new BytesColumn(type, length, evaluation.share(c.viewsBuffer()), data, validity);
          }
          case ListColumn c ->
              new ListColumn(
                  type,
                  length,
                  evaluation.share(c.offsetsBuffer()),
                  c.elements().retain(),
                  validity);
          case RowColumn c -> {
            List<Column> fields = new ArrayList<>();
            for (int i = 0; i < c.fieldCount(); i++) {
              fields.add(c.field(i).retain());
            }
            yield new RowColumn(type, length, fields, validity);
          }
          case DictionaryColumn c ->
              new DictionaryColumn(
                  length, evaluation.share(c.codesBuffer()), c.dictionary().retain(), validity);
        });
  }

  private static @Nullable Loop loop(Type from, Type to) {
    return switch (from) {
      case Type.Int f ->
          switch (to) {
            case Type.Int t -> (e, c) -> narrow(e, longs(e, c), t, e.validity(c));
            case Type.DoubleType t -> (e, c) -> toDoubles(e, longs(e, c), e.validity(c));
            case Type.Real t -> (e, c) -> toFloats(e, longs(e, c), e.validity(c));
            case Type.Decimal t -> (e, c) -> rescale(e, longs(e, c), 0, t, e.validity(c));
            default -> null;
          };
      case Type.Decimal f ->
          switch (to) {
            case Type.Decimal t ->
                (e, c) ->
                    c.width() == 8 ? rescale(e, c.address(), f.scale(), t, e.validity(c)) : null;
            case Type.Int t -> (e, c) -> c.width() == 8 ? toIntegers(e, c, f.scale(), t) : null;
            case Type.DoubleType t ->
                (e, c) -> c.width() == 8 ? decimalToDoubles(e, c, f.scale()) : null;
            default -> null;
          };
      case Type.Real f -> to instanceof Type.DoubleType ? Casts::floatsToDoubles : null;
      case Type.DoubleType f ->
          switch (to) {
            case Type.Real t -> Casts::doublesToFloats;
            case Type.Int t -> (e, c) -> doublesToIntegers(e, c, t);
            default -> null;
          };
      case Type.Date f ->
          Conversions.isTimestamp(to)
              ? (e, c) ->
                  scaleTime(
                      e,
                      longs(e, c),
                      1,
                      SECONDS_PER_DAY * TimeUnits.perSecond(precision(to)),
                      to,
                      e.validity(c))
              : null;
      case Type.Timestamp f -> timestampLoop(f.precision(), to);
      case Type.ZonedTimestamp f -> timestampLoop(f.precision(), to);
      default -> null;
    };
  }

  /** The column as 8-byte integers. */
  private static long longs(Evaluation evaluation, FixedColumn column) {
    if (column.width() == 8) {
      return column.address();
    }
    long to = evaluation.temporary(evaluation.length * 8L).address();
    switch (column.width()) {
      case 1 -> CastKernels.widenBytes(column.address(), to, evaluation.length);
      case 2 -> CastKernels.widenShorts(column.address(), to, evaluation.length);
      default -> CastKernels.widenInts(column.address(), to, evaluation.length);
    }
    return to;
  }

  private static @Nullable Value narrow(
      Evaluation evaluation, long from, Type.Int to, @Nullable Buffer validity) {
    int length = evaluation.length;
    int width = to.bits() / 8;
    Buffer values = evaluation.allocate((long) length * width);
    boolean lost =
        switch (width) {
          case 1 -> CastKernels.narrowToBytes(from, values.address(), length);
          case 2 -> CastKernels.narrowToShorts(from, values.address(), length);
          case 4 -> CastKernels.narrowToInts(from, values.address(), length);
          default -> {
            Memory.copy(from, values.address(), length * 8L);
            yield false;
          }
        };
    return lost
        ? giveUp(evaluation, values, validity)
        : evaluation.fixed(to, width, values, validity);
  }

  private static @Nullable Value giveUp(
      Evaluation evaluation, Buffer values, @Nullable Buffer validity) {
    evaluation.discard(values);
    if (validity != null) {
      evaluation.discard(validity);
    }
    return null;
  }

  private static Value toDoubles(Evaluation evaluation, long from, @Nullable Buffer validity) {
    Buffer values = evaluation.allocate(evaluation.length * 8L);
    CastKernels.longsToDoubles(from, values.address(), evaluation.length);
    return evaluation.fixed(Type.DOUBLE, 8, values, validity);
  }

  private static Value toFloats(Evaluation evaluation, long from, @Nullable Buffer validity) {
    Buffer values = evaluation.allocate(evaluation.length * 4L);
    CastKernels.longsToFloats(from, values.address(), evaluation.length);
    return evaluation.fixed(Type.REAL, 4, values, validity);
  }

  private static @Nullable Value rescale(
      Evaluation evaluation, long from, int scale, Type.Decimal to, @Nullable Buffer validity) {
    Buffer values = evaluation.allocate(evaluation.length * 8L);
    boolean lost = !rescale(from, scale, to.scale(), values.address(), evaluation.length);
    lost |=
        to.precision() <= 18
            && CastKernels.anyBeyond(
                values.address(), Int128.power(to.precision()), evaluation.length);
    return lost ? giveUp(evaluation, values, validity) : evaluation.fixed(to, 8, values, validity);
  }

  private static boolean rescale(long from, int scale, int toScale, long to, int length) {
    if (scale == toScale) {
      Memory.copy(from, to, length * 8L);
      return true;
    }
    if (Math.abs(scale - toScale) > 18) {
      return false;
    }
    if (scale > toScale) {
      CastKernels.divideHalfUp(from, Int128.power(scale - toScale), to, length);
      return true;
    }
    return !IntegerKernels.multiplyLongScalar(from, Int128.power(toScale - scale), to, length);
  }

  private static @Nullable Value toIntegers(
      Evaluation evaluation, FixedColumn column, int scale, Type.Int to) {
    long integers = evaluation.temporary(evaluation.length * 8L).address();
    if (!rescale(column.address(), scale, 0, integers, evaluation.length)) {
      return null;
    }
    return narrow(evaluation, integers, to, evaluation.validity(column));
  }

  private static @Nullable Value decimalToDoubles(
      Evaluation evaluation, FixedColumn column, int scale) {
    if (scale > 18) {
      return null;
    }
    Buffer values = evaluation.allocate(evaluation.length * 8L);
    boolean lost =
        CastKernels.decimalsToDoubles(
            column.address(), Int128.power(scale), values.address(), evaluation.length);
    return lost
        ? giveUp(evaluation, values, null)
        : evaluation.fixed(Type.DOUBLE, 8, values, evaluation.validity(column));
  }

  private static Value floatsToDoubles(Evaluation evaluation, FixedColumn column) {
    Buffer values = evaluation.allocate(evaluation.length * 8L);
    CastKernels.floatsToDoubles(column.address(), values.address(), evaluation.length);
    return evaluation.fixed(Type.DOUBLE, 8, values, evaluation.validity(column));
  }

  private static @Nullable Value doublesToFloats(Evaluation evaluation, FixedColumn column) {
    Buffer values = evaluation.allocate(evaluation.length * 4L);
    boolean lost =
        CastKernels.doublesToFloats(column.address(), values.address(), evaluation.length);
    return lost
        ? giveUp(evaluation, values, null)
        : evaluation.fixed(Type.REAL, 4, values, evaluation.validity(column));
  }

  private static @Nullable Value doublesToIntegers(
      Evaluation evaluation, FixedColumn column, Type.Int to) {
    long integers = evaluation.temporary(evaluation.length * 8L).address();
    if (CastKernels.doublesToLongs(column.address(), integers, evaluation.length)) {
      return null;
    }
    return narrow(evaluation, integers, to, evaluation.validity(column));
  }

  private static @Nullable Loop timestampLoop(int precision, Type to) {
    long perSecond = TimeUnits.perSecond(precision);
    return switch (to) {
      case Type.Date t -> (e, c) -> toDates(e, c, perSecond * SECONDS_PER_DAY);
      case Type.Time t -> (e, c) -> toTimes(e, c, perSecond, t);
      case Type.Timestamp t -> (e, c) -> toTimestamps(e, c, perSecond, t.precision(), t);
      case Type.ZonedTimestamp t -> (e, c) -> toTimestamps(e, c, perSecond, t.precision(), t);
      default -> null;
    };
  }

  private static @Nullable Value toDates(Evaluation evaluation, FixedColumn column, long perDay) {
    int length = evaluation.length;
    long days = evaluation.temporary(length * 8L).address();
    CastKernels.floorDivide(column.address(), perDay, days, length);
    Buffer values = evaluation.allocate(length * 4L);
    return CastKernels.narrowToInts(days, values.address(), length)
        ? giveUp(evaluation, values, null)
        : evaluation.fixed(Type.DATE, 4, values, evaluation.validity(column));
  }

  private static @Nullable Value toTimes(
      Evaluation evaluation, FixedColumn column, long perSecond, Type.Time to) {
    int length = evaluation.length;
    long ofDay = evaluation.temporary(length * 8L).address();
    CastKernels.floorRest(column.address(), perSecond * SECONDS_PER_DAY, ofDay, length);
    return scaleTime(
        evaluation,
        ofDay,
        perSecond,
        TimeUnits.timePerSecond(to.precision()),
        to,
        evaluation.validity(column));
  }

  private static @Nullable Value toTimestamps(
      Evaluation evaluation, FixedColumn column, long perSecond, int precision, Type to) {
    return scaleTime(
        evaluation,
        column.address(),
        perSecond,
        TimeUnits.perSecond(precision),
        to,
        evaluation.validity(column));
  }

  /** From one unit to another, cut to the digits that the type has. */
  private static @Nullable Value scaleTime(
      Evaluation evaluation,
      long from,
      long unit,
      long toUnit,
      Type to,
      @Nullable Buffer validity) {
    int length = evaluation.length;
    Buffer values = evaluation.allocate(length * 8L);
    if (toUnit < unit) {
      CastKernels.floorDivide(from, unit / toUnit, values.address(), length);
    } else if (IntegerKernels.multiplyLongScalar(from, toUnit / unit, values.address(), length)) {
      return giveUp(evaluation, values, validity);
    }
    long perSecond =
        to instanceof Type.Time
            ? TimeUnits.timePerSecond(precision(to))
            : TimeUnits.perSecond(precision(to));
    long cut = perSecond / Int128.power(precision(to));
    if (cut > 1 && CastKernels.floorTo(values.address(), cut, values.address(), length)) {
      return giveUp(evaluation, values, validity);
    }
    return evaluation.fixed(to, 8, values, validity);
  }

  /** Text without what is behind the type's length. */
  private static Value cut(Evaluation evaluation, Rows rows, Column column, Type.Varchar to) {
    Kernel slices =
        TextFunctions.slices(
            to,
            (arguments, address, bytes) ->
                TextFunctions.slice(0, CodePoints.offset(address, bytes, to.maxLength())));
    return slices.apply(evaluation, rows, new Value[] {new Vector(column)});
  }

  private static Value parseRows(
      Evaluation evaluation,
      Rows rows,
      BytesColumn column,
      Type to,
      boolean nullOnFailure,
      ZoneId zone) {
    ValueParser parser = ValueParser.ofCasts(zone);
    return RowByRow.build(
        evaluation,
        rows,
        to,
        (builder, row) -> {
          if (column.isNull(row)) {
            return;
          }
          if (parser.parse(to, column.addressAt(row), column.lengthAt(row))) {
            parser.appendTo(builder);
          } else if (!nullOnFailure) {
            throw ExpressionErrors.invalidCast(column.stringAt(row), to, parser.problem());
          }
        });
  }

  private static Value parseNested(
      Evaluation evaluation,
      Rows rows,
      BytesColumn column,
      Type to,
      boolean nullOnFailure,
      ZoneId zone) {
    NestedText parser = new NestedText(zone);
    return RowByRow.build(
        evaluation,
        rows,
        to,
        (builder, row) -> {
          if (column.isNull(row)) {
            return;
          }
          String text = column.stringAt(row);
          Object value = parser.parse(to, text);
          if (value != null) {
            builder.appendValue(value);
          } else if (!nullOnFailure) {
            throw ExpressionErrors.invalidCast(text, to, parser.problem());
          }
        });
  }

  private static Value convertRows(
      Evaluation evaluation,
      Rows rows,
      Column column,
      Type from,
      Type to,
      boolean nullOnFailure,
      ZoneId zone) {
    return RowByRow.build(
        evaluation,
        rows,
        to,
        (builder, row) -> {
          Object value = column.value(row);
          Object converted = value == null ? null : Conversions.convert(value, from, to, zone);
          if (value != null && converted == null && !nullOnFailure) {
            throw ExpressionErrors.castOutOfRange(ValueFormat.format(from, value, zone), to);
          }
          builder.appendValue(converted);
        });
  }
}
