package dev.tidemill.plan.expression;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A constant.
 *
 * @param type any type but ARRAY, MAP and ROW, which are literals only as NULL
 * @param value of the class that {@link Type} names for the type, or null for NULL
 */
public record Literal(Type type, @JsonIgnore @Nullable Object value) implements Expression {
  public static final Literal TRUE = new Literal(Type.BOOLEAN, true);
  public static final Literal FALSE = new Literal(Type.BOOLEAN, false);

  /** NULL of {@code type}. */
  public static Literal nullOf(Type type) {
    return new Literal(type, null);
  }

  @JsonCreator
  static Literal of(@JsonProperty("type") Type type, @JsonProperty("text") @Nullable String text) {
    return new Literal(type, text == null ? null : parse(type, text));
  }

  /** The value as text that {@link #of} reads back without loss. */
  @JsonProperty("text")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Nullable String text() {
    return switch (value) {
      case null -> null;
      case BigDecimal decimal -> decimal.toPlainString();
      case byte[] bytes -> HexFormat.of().formatHex(bytes);
      default -> value.toString();
    };
  }

  private static Object parse(Type type, String text) {
    return switch (type) {
      case Type.Bool t -> Boolean.valueOf(text);
      case Type.Int t ->
          switch (t.bits()) {
            case 8 -> (Object) Byte.valueOf(text);
            case 16 -> (Object) Short.valueOf(text);
            case 32 -> (Object) Integer.valueOf(text);
            default -> (Object) Long.valueOf(text);
          };
      case Type.Real t -> Float.valueOf(text);
      case Type.DoubleType t -> Double.valueOf(text);
      case Type.Decimal t -> new BigDecimal(text);
      case Type.Varchar t -> text;
      case Type.Varbinary t -> HexFormat.of().parseHex(text);
      case Type.Date t -> LocalDate.parse(text);
      case Type.Time t -> LocalTime.parse(text);
      case Type.Timestamp t -> LocalDateTime.parse(text);
      case Type.ZonedTimestamp t -> Instant.parse(text);
      case Type.MonthInterval t -> Period.parse(text);
      case Type.TimeInterval t -> Duration.parse(text);
      case Type.Array t -> throw new IllegalArgumentException("no literal of " + type);
      case Type.MapType t -> throw new IllegalArgumentException("no literal of " + type);
      case Type.Row t -> throw new IllegalArgumentException("no literal of " + type);
      case Type.Null t -> throw new IllegalArgumentException("no literal of " + type);
    };
  }

  @JsonIgnore
  public boolean isNull() {
    return value == null;
  }

  @Override
  public List<Expression> operands() {
    return List.of();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Literal that
        && type.equals(that.type)
        && Objects.deepEquals(value, that.value);
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode()
        + (value instanceof byte[] bytes ? Arrays.hashCode(bytes) : Objects.hashCode(value));
  }

  @Override
  public String toString() {
    return switch (value) {
      case null -> "NULL";
      case String text -> "'" + text.replace("'", "''") + "'";
      case byte[] bytes -> "X'" + text() + "'";
      case LocalDate date -> "DATE '" + date + "'";
      case LocalDateTime time -> "TIMESTAMP '" + time + "'";
      default -> String.valueOf(text());
    };
  }
}
