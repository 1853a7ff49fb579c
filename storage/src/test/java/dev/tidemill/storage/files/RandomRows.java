package dev.tidemill.storage.files;

import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Values of any type from a seed, with the awkward ones often. */
public final class RandomRows {
  private static final String[] AWKWARD = {
    "",
    " ",
    "\"",
    "\"\"",
    ",",
    "\n",
    "\r\n",
    "\r",
    "NULL",
    "null",
    "\\",
    "\\n",
    "a,b\"c\"\nd",
    "\uFEFFx",
    "\u0000",
    "'",
    "\t",
    "é",
    "日本",
    "😀",
    "x\uD83D\uDE00y",
    "{}",
    "[1]",
    "0",
    "true",
    "\u2028"
  };

  private final Random random;

  public RandomRows(Random random) {
    this.random = random;
  }

  public List<List<@Nullable Object>> rows(List<Type> types, int count, double nulls) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<@Nullable Object> row = new ArrayList<>();
      for (Type type : types) {
        row.add(random.nextDouble() < nulls ? null : value(type));
      }
      rows.add(row);
    }
    return rows;
  }

  public Object value(Type type) {
    return switch (type) {
      case Type.Bool t -> random.nextBoolean();
      case Type.Int t -> integer(t.bits());
      case Type.Real t ->
          pick(random.nextFloat(), Float.MAX_VALUE, Float.MIN_VALUE, -0.0f, Float.NaN, 1e10f);
      case Type.DoubleType t ->
          pick(
              random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20),
              Double.MAX_VALUE,
              Double.MIN_VALUE,
              -0.0,
              Double.NEGATIVE_INFINITY,
              0.1);
      case Type.Decimal t ->
          new BigDecimal(
              new BigInteger(Math.min(120, t.precision() * 3), random)
                  .multiply(BigInteger.valueOf(random.nextBoolean() ? 1 : -1)),
              t.scale());
      case Type.Varchar t -> text();
      case Type.Varbinary t -> "x".repeat(random.nextInt(4)).getBytes(StandardCharsets.UTF_8);
      case Type.Date t -> LocalDate.ofEpochDay(random.nextInt(60000) - 20000);
      case Type.Time t ->
          LocalTime.ofNanoOfDay(truncated(random.nextLong(86_400_000_000_000L), t.precision()));
      case Type.Timestamp t -> LocalDateTime.ofInstant(instant(t.precision()), ZoneOffset.UTC);
      case Type.ZonedTimestamp t -> instant(t.precision());
      case Type.Array t -> list(t.element(), random.nextInt(4));
      case Type.Row t -> {
        List<@Nullable Object> values = new ArrayList<>();
        t.fields().forEach(f -> values.add(random.nextInt(4) == 0 ? null : value(f.type())));
        yield values;
      }
      case Type.MapType t -> {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put(value(t.key()), random.nextInt(4) == 0 ? null : value(t.value()));
        }
        yield map;
      }
      default -> throw new IllegalArgumentException(type.sql());
    };
  }

  private List<@Nullable Object> list(Type element, int count) {
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(random.nextInt(4) == 0 ? null : value(element));
    }
    return list;
  }

  private Object integer(int bits) {
    long value = random.nextLong() >> (64 - bits) >> random.nextInt(bits);
    value =
        random.nextInt(10) == 0
            ? (random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE) >> (64 - bits)
            : value;
    return switch (bits) {
      case 8 -> (Object) (byte) value;
      case 16 -> (Object) (short) value;
      case 32 -> (Object) (int) value;
      default -> (Object) value;
    };
  }

  private static long truncated(long nanos, int precision) {
    long step = 1;
    for (int i = precision; i < 9; i++) {
      step *= 10;
    }
    return nanos - nanos % step;
  }

  private Instant instant(int precision) {
    return Instant.ofEpochSecond(
        random.nextInt(), truncated(random.nextInt(1_000_000_000), precision));
  }

  @SafeVarargs
  private <T> T pick(T usual, T... others) {
    return random.nextInt(3) > 0 ? usual : others[random.nextInt(others.length)];
  }

  public String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      text.append(
          random.nextBoolean()
              ? AWKWARD[random.nextInt(AWKWARD.length)]
              : "w" + random.nextInt(1000));
    }
    if (random.nextInt(200) == 0) {
      text.append("long ".repeat(20000));
    }
    return text.toString();
  }
}
