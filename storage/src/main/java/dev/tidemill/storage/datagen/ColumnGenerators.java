package dev.tidemill.storage.datagen;

import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.OptionReader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/** Reads a column's options into a {@link ColumnGenerator}. */
final class ColumnGenerators {
  private static final String DEFAULT_TIME = "2024-01-01 00:00:00";
  private static final long MAX_TEXT = 1 << 16;

  private ColumnGenerators() {}

  static ColumnGenerator of(
      Field field, Type type, long seed, long perSecond, OptionReader options) {
    String prefix = field.getName().toLowerCase(Locale.ROOT);
    long salt = mix(seed * 31 + prefix.hashCode());
    String defaultKind = type instanceof Type.Timestamp ? "time" : "random";
    String kind =
        options.choice(
            prefix + ".kind", defaultKind, List.of("sequence", "random", "choice", "time"));
    ColumnGenerator values =
        switch (kind) {
          case "sequence" -> sequence(prefix, type, options);
          case "time" -> time(prefix, type, salt, perSecond, options);
          case "choice" -> choice(prefix, type, salt, options);
          default -> random(prefix, type, salt, options);
        };
    double nulls = share(prefix + ".nulls", options);
    if (nulls == 0) {
      return values;
    }
    if (!field.isNullable()) {
      throw DatagenErrors.nullsInNotNull(prefix);
    }
    return (row, builder) -> {
      if (unit(salt ^ 0x5DEECE66DL, row) < nulls) {
        builder.appendNull();
      } else {
        values.append(row, builder);
      }
    };
  }

  private static ColumnGenerator sequence(String prefix, Type type, OptionReader options) {
    if (!isExact(type)) {
      throw DatagenErrors.kindNotFor(prefix, "sequence", type);
    }
    long start = exact(prefix + ".start", type, options, 0);
    long step =
        options.number(prefix + ".step", 1, Long.MIN_VALUE)
            * (type instanceof Type.Decimal d ? pow10(d) : 1);
    long least = least(type);
    long greatest = greatest(type);
    return (row, builder) -> {
      long value;
      try {
        value = Math.addExact(start, Math.multiplyExact(row, step));
      } catch (ArithmeticException e) {
        throw DatagenErrors.sequenceLeaves(prefix, type, row);
      }
      if (value < least || value > greatest) {
        throw DatagenErrors.sequenceLeaves(prefix, type, row);
      }
      builder.appendLong(value);
    };
  }

  private static ColumnGenerator time(
      String prefix, Type type, long salt, long perSecond, OptionReader options) {
    if (!(type instanceof Type.Timestamp timestamp)) {
      throw DatagenErrors.kindNotFor(prefix, "time", type);
    }
    long start =
        timestamp(prefix + ".start", options.text(prefix + ".start", DEFAULT_TIME), timestamp);
    long stepMillis =
        options.number(prefix + ".step", perSecond == 0 ? 1000 : Math.max(1, 1000 / perSecond), 0);
    long jitterMillis = options.number(prefix + ".jitter", 0, 0);
    long perUnit = TimeUnits.perSecond(timestamp.precision());
    return (row, builder) -> {
      long behind = jitterMillis == 0 ? 0 : Math.floorMod(bits(salt, row), jitterMillis + 1);
      builder.appendLong(start + Math.floorDiv((row * stepMillis - behind) * perUnit, 1000L));
    };
  }

  private static ColumnGenerator choice(String prefix, Type type, long salt, OptionReader options) {
    if (!(type instanceof Type.Varchar)) {
      throw DatagenErrors.kindNotFor(prefix, "choice", type);
    }
    String[] texts = options.required(prefix + ".values").split("\\|", -1);
    byte[][] values = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      values[i] = texts[i].getBytes(StandardCharsets.UTF_8);
    }
    return (row, builder) -> {
      byte[] value = values[(int) Math.floorMod(bits(salt, row), values.length)];
      builder.appendBytes(value, 0, value.length);
    };
  }

  private static ColumnGenerator random(String prefix, Type type, long salt, OptionReader options) {
    if (isExact(type)) {
      long min = exact(prefix + ".min", type, options, 0);
      long max =
          exact(prefix + ".max", type, options, Math.min(greatest(type), min + defaultSpan(type)));
      if (min > max) {
        throw DatagenErrors.emptyRange(prefix);
      }
      long span = max - min + 1;
      return (row, builder) ->
          builder.appendLong(
              span <= 0 ? bits(salt, row) : min + Math.floorMod(bits(salt, row), span));
    }
    return switch (type) {
      case Type.Bool t -> (row, builder) -> builder.appendBoolean((bits(salt, row) & 1) == 0);
      case Type.Real t -> randomDouble(prefix, salt, options);
      case Type.DoubleType t -> randomDouble(prefix, salt, options);
      case Type.Varchar t -> randomText(prefix, salt, options);
      default -> throw DatagenErrors.unsupported(prefix, type);
    };
  }

  private static ColumnGenerator randomDouble(String prefix, long salt, OptionReader options) {
    double min = decimal(prefix + ".min", options, BigDecimal.ZERO).doubleValue();
    double max = decimal(prefix + ".max", options, BigDecimal.valueOf(min + 1)).doubleValue();
    if (min > max) {
      throw DatagenErrors.emptyRange(prefix);
    }
    return (row, builder) -> builder.appendDouble(min + unit(salt, row) * (max - min));
  }

  private static ColumnGenerator randomText(String prefix, long salt, OptionReader options) {
    int length = (int) Math.min(options.number(prefix + ".length", 10, 0), MAX_TEXT);
    return (row, builder) -> {
      byte[] text = new byte[length];
      long random = 0;
      for (int i = 0; i < length; i++) {
        random = i % 12 == 0 ? bits(salt + i, row) : random / 26;
        text[i] = (byte) ('a' + Math.floorMod(random, 26));
      }
      builder.appendBytes(text, 0, length);
    };
  }

  private static boolean isExact(Type type) {
    return type instanceof Type.Int
        || type instanceof Type.Date
        || type instanceof Type.Timestamp
        || type instanceof Type.Decimal d && d.precision() <= Type.MAX_SHORT_DECIMAL_PRECISION;
  }

  private static long least(Type type) {
    return switch (type) {
      case Type.Int t -> -1L << (t.bits() - 1);
      case Type.Decimal t -> 1 - powerOfTen(t.precision());
      default -> Long.MIN_VALUE;
    };
  }

  private static long greatest(Type type) {
    return switch (type) {
      case Type.Int t -> ~least(t);
      case Type.Decimal t -> powerOfTen(t.precision()) - 1;
      default -> Long.MAX_VALUE;
    };
  }

  private static long defaultSpan(Type type) {
    return switch (type) {
      case Type.Int t -> t.bits() == 8 ? 99 : 999;
      case Type.Decimal t -> t.precision() - t.scale() >= 3 ? 1000 * pow10(t) - 1 : greatest(t);
      case Type.Timestamp t -> 86_400 * TimeUnits.perSecond(t.precision());
      default -> 364;
    };
  }

  /** A bound in the column's own units. */
  private static long exact(String option, Type type, OptionReader options, long otherwise) {
    String text = options.text(option);
    if (text == null) {
      return type instanceof Type.Timestamp t && otherwise == 0
          ? timestamp(option, DEFAULT_TIME, t)
          : otherwise;
    }
    try {
      long value =
          switch (type) {
            case Type.Decimal t ->
                new BigDecimal(text)
                    .setScale(t.scale(), RoundingMode.HALF_UP)
                    .unscaledValue()
                    .longValueExact();
            case Type.Date t -> LocalDate.parse(text).toEpochDay();
            case Type.Timestamp t -> timestamp(option, text, t);
            default -> Long.parseLong(text.replace("_", ""));
          };
      if (value < least(type) || value > greatest(type)) {
        throw DatagenErrors.badValue(option, text, type);
      }
      return value;
    } catch (NumberFormatException | ArithmeticException | DateTimeException e) {
      throw DatagenErrors.badValue(option, text, type);
    }
  }

  private static long timestamp(String option, String text, Type.Timestamp type) {
    try {
      LocalDateTime time = LocalDateTime.parse(text.strip().replace(' ', 'T'));
      long perSecond = TimeUnits.perSecond(type.precision());
      return time.toEpochSecond(ZoneOffset.UTC) * perSecond
          + time.getNano() / (1_000_000_000L / perSecond);
    } catch (DateTimeException e) {
      throw DatagenErrors.badValue(option, text, type);
    }
  }

  private static BigDecimal decimal(String option, OptionReader options, BigDecimal otherwise) {
    @Nullable String text = options.text(option);
    try {
      return text == null ? otherwise : new BigDecimal(text.strip());
    } catch (NumberFormatException e) {
      throw DatagenErrors.badValue(option, text, Type.DOUBLE);
    }
  }

  private static double share(String option, OptionReader options) {
    double share = decimal(option, options, BigDecimal.ZERO).doubleValue();
    if (share < 0 || share > 1) {
      throw DatagenErrors.badValue(option, Double.toString(share), Type.DOUBLE);
    }
    return share;
  }

  private static long pow10(Type.Decimal type) {
    return powerOfTen(type.scale());
  }

  private static long powerOfTen(int exponent) {
    return (long) Math.pow(10, exponent);
  }

  private static double unit(long salt, long row) {
    return (bits(salt, row) >>> 11) * 0x1.0p-53;
  }

  private static long bits(long salt, long row) {
    return mix(salt + (row + 1) * 0x9E3779B97F4A7C15L);
  }

  /**
   * The finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
   * Generators, 2014).
   */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
