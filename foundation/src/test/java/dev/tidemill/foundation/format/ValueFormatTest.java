package dev.tidemill.foundation.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.RandomValues;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ValueFormatTest {
  private final ValueParser parser = new ValueParser();

  @Test
  void texts() {
    assertEquals("true", ValueFormat.format(Type.BOOLEAN, true));
    assertEquals("-42", ValueFormat.format(Type.TINYINT, (byte) -42));
    assertEquals("1.5", ValueFormat.format(Type.DOUBLE, 1.5));
    assertEquals("1.0E10", ValueFormat.format(Type.DOUBLE, 1e10));
    assertEquals("0.1", ValueFormat.format(Type.REAL, 0.1f));
    BigDecimal wide = new BigDecimal("1E21").add(new BigDecimal("0.50"));
    assertEquals("1000000000000000000000.50", ValueFormat.format(new Type.Decimal(38, 2), wide));
    assertEquals(
        "\\xDEAD", ValueFormat.format(Type.VARBINARY, new byte[] {(byte) 0xDE, (byte) 0xAD}));
    assertEquals("2024-01-31", ValueFormat.format(Type.DATE, LocalDate.of(2024, 1, 31)));
    assertEquals("0007-01-31", ValueFormat.format(Type.DATE, LocalDate.of(7, 1, 31)));
    assertEquals("10:00:00", ValueFormat.format(new Type.Time(0), LocalTime.of(10, 0)));
    LocalDateTime moment = LocalDateTime.of(2024, 1, 31, 10, 0, 0, 123_000_000);
    assertEquals("2024-01-31 10:00:00.123", ValueFormat.format(new Type.Timestamp(3), moment));
    assertEquals("2024-01-31 10:00:00.123000", ValueFormat.format(Type.TIMESTAMP, moment));
    assertEquals(
        "1969-12-31 23:59:59.9Z",
        ValueFormat.format(new Type.ZonedTimestamp(1), Instant.ofEpochMilli(-100)));
    assertEquals("-0-3", ValueFormat.format(new Type.MonthInterval(), Period.ofMonths(-3)));
    assertEquals(
        "1 02:03:04.500000",
        ValueFormat.format(new Type.TimeInterval(), Duration.ofMillis(93_784_500)));
    assertEquals(
        "[1, NULL]", ValueFormat.format(new Type.Array(Type.INTEGER), Arrays.asList(1, null)));
    assertEquals(
        "{k=v}",
        ValueFormat.format(new Type.MapType(Type.VARCHAR, Type.VARCHAR), Map.of("k", "v")));
    Type row =
        new Type.Row(
            List.of(new Type.RowField("a", Type.INTEGER), new Type.RowField("b", Type.VARCHAR)));
    assertEquals("{a: 1, b: x}", ValueFormat.format(row, List.of(1, "x")));
    assertEquals("NULL", ValueFormat.format(Type.BIGINT, null));
  }

  @Test
  void textsReadBack() {
    RandomValues values = RandomValues.seeded("ValueFormatTest");
    for (Type type : RandomValues.flatTypes()) {
      for (int i = 0; i < 200 && !(type instanceof Type.Null); i++) {
        Object value = values.value(type, 0);
        if (type instanceof Type.Varchar(int most)
            && ((String) value).codePoints().count() > most) {
          continue;
        }
        String text = ValueFormat.format(type, value);
        Object read = parser.parseObject(type, text);
        assertEquals(
            RandomValues.comparable(value), RandomValues.comparable(read), () -> type + " " + text);
      }
    }
  }

  private void refused(String problem, Type type, String text) {
    assertEquals(false, parser.parse(type, text), () -> type + " reads " + text);
    assertEquals(problem, parser.problem());
  }

  @Test
  void problemsSayWhatIsWrong() {
    refused("'x1' is not a BIGINT", Type.BIGINT, "x1");
    refused("'' is not an INTEGER", Type.INTEGER, " ");
    refused("'300' is out of range for TINYINT", Type.TINYINT, "300");
    refused("'9223372036854775808' is out of range for BIGINT", Type.BIGINT, "9223372036854775808");
    refused("'1.5' is not an INTEGER", Type.INTEGER, "1.5");
    refused("'yep' is not a BOOLEAN (expected true or false)", Type.BOOLEAN, "yep");
    refused("'1000.00' is out of range for DECIMAL(5,2)", new Type.Decimal(5, 2), "1000.00");
    refused("'999.995' is out of range for DECIMAL(5,2)", new Type.Decimal(5, 2), "999.995");
    refused("'1e400' is out of range for DOUBLE", Type.DOUBLE, "1e400");
    refused("'0x10' is not a DOUBLE", Type.DOUBLE, "0x10");
    refused(
        "'2023-02-29' is not a DATE (expected a form like 2024-01-31)", Type.DATE, "2023-02-29");
    refused(
        "'25:00:00' is not a TIME(0) (expected a form like 10:00:00)",
        new Type.Time(0),
        "25:00:00");
    refused(
        "'2024-01-31T10:00:00+02:00' has a time zone, which TIMESTAMP(3) has not; declare it TIMESTAMP WITH LOCAL TIME "
            + "ZONE or leave the zone out",
        new Type.Timestamp(3),
        "2024-01-31T10:00:00+02:00");
    refused("'0001-01-01' is out of range for TIMESTAMP(9)", new Type.Timestamp(9), "0001-01-01");
    refused("'abcd' is longer than VARCHAR(3)", new Type.Varchar(3), "abcd");
    refused("'\\xF' is not a VARBINARY (expected a form like \\xDEAD)", Type.VARBINARY, "\\xF");
    refused(
        "a value of type INTEGER ARRAY cannot be read from text",
        new Type.Array(Type.INTEGER),
        "[1]");
    refused("'" + "9".repeat(60) + "…' is out of range for BIGINT", Type.BIGINT, "9".repeat(70));
  }

  @Test
  void otherFormsThatAreRead() {
    assertEquals(5L, parser.parseObject(Type.BIGINT, " +5 "));
    assertEquals(Long.MIN_VALUE, parser.parseObject(Type.BIGINT, "-9223372036854775808"));
    assertEquals(true, parser.parseObject(Type.BOOLEAN, "TRUE"));
    assertEquals(new BigDecimal("1.26"), parser.parseObject(new Type.Decimal(5, 2), "1.255"));
    assertEquals(new BigDecimal("-1.26"), parser.parseObject(new Type.Decimal(5, 2), "-1.255"));
    assertEquals(new BigDecimal("125.00"), parser.parseObject(new Type.Decimal(5, 2), "1.25e2"));
    assertEquals(
        new BigDecimal("0.00"), parser.parseObject(new Type.Decimal(5, 2), "1e-999999999999"));
    assertEquals(Double.NEGATIVE_INFINITY, parser.parseObject(Type.DOUBLE, "-inf"));
    LocalDateTime moment = LocalDateTime.of(2024, 1, 31, 10, 0, 0, 123_000_000);
    assertEquals(moment, parser.parseObject(new Type.Timestamp(3), "2024-01-31T10:00:00.123987Z"));
    assertEquals(
        LocalDateTime.of(2024, 1, 31, 0, 0), parser.parseObject(Type.TIMESTAMP, "2024-01-31"));
    assertEquals(
        Instant.parse("2024-01-31T08:00:00Z"),
        parser.parseObject(new Type.ZonedTimestamp(3), "2024-01-31 10:00+02:00"));
  }

  private static String digits(Random random, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      text.append(
          (char)
              ('0' + (random.nextInt(3) == 0 ? random.nextInt(10) : random.nextBoolean() ? 0 : 9)));
    }
    return text.toString();
  }

  @Test
  void numbersAgreeWithJava() {
    Random random = RandomValues.seeded("ValueFormatTest").random();
    for (int round = 0; round < 20_000; round++) {
      String text =
          (random.nextInt(3) == 0 ? "-" : "")
              + digits(random, 22)
              + (random.nextBoolean() ? "." : "")
              + digits(random, 22)
              + (random.nextInt(3) == 0 ? "e" + (random.nextInt(60) - 30) : "");
      BigDecimal exact = null;
      try {
        exact = new BigDecimal(text);
      } catch (NumberFormatException e) {
        assertEquals(false, parser.parse(Type.DOUBLE, text), text);
      }
      Type.Decimal type = new Type.Decimal(1 + random.nextInt(38), 0);
      type = new Type.Decimal(type.precision(), random.nextInt(type.precision() + 1));
      boolean read = parser.parse(type, text);
      if (exact != null) {
        BigDecimal rounded = exact.setScale(type.scale(), RoundingMode.HALF_UP);
        assertEquals(
            rounded.unscaledValue().abs().toString().length() <= type.precision(),
            read,
            type + " " + text);
        if (read) {
          assertEquals(rounded, parser.parseObject(type, text), text);
        }
        assertEquals(Double.parseDouble(text), parser.parseObject(Type.DOUBLE, text), text);
        if (parser.parse(Type.REAL, text)) {
          assertEquals(Float.parseFloat(text), (float) parser.doubleValue(), text);
        } else {
          assertTrue(Float.isInfinite(Float.parseFloat(text)), text);
        }
      }
    }
  }

  @Test
  void datesAgreeWithJava() {
    Random random = RandomValues.seeded("ValueFormatTest").random();
    for (int round = 0; round < 20_000; round++) {
      int year = random.nextInt(9999) + 1;
      int month = random.nextInt(14);
      int day = random.nextInt(33);
      String text = "%04d-%02d-%02d".formatted(year, month, day);
      try {
        assertEquals(LocalDate.of(year, month, day), parser.parseObject(Type.DATE, text));
      } catch (DateTimeException e) {
        assertNull(parser.parseObject(Type.DATE, text), text);
      }
    }
  }

  @Test
  void utf8AgreesWithJava() throws CharacterCodingException {
    Random random = RandomValues.seeded("ValueFormatTest").random();
    int malformed = 0;
    for (int round = 0; round < 50_000; round++) {
      byte[] bytes = new byte[random.nextInt(20)];
      for (int i = 0; i < bytes.length; i++) {
        int[] likely = {
          'a', 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0x80, 0x9F, 0xA0, 0xBF, random.nextInt(256)
        };
        bytes[i] = (byte) likely[random.nextInt(random.nextBoolean() ? 1 : likely.length)];
      }
      boolean good = true;
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      } catch (CharacterCodingException e) {
        good = false;
        malformed++;
      }
      assertEquals(good, Utf8.firstMalformed(bytes, 0, bytes.length) < 0, Arrays.toString(bytes));
    }
    assertTrue(malformed > 1000);
    byte[] text = "aß🌊".getBytes(StandardCharsets.UTF_8);
    assertEquals(3, Utf8.codePoints(text, 0, text.length));
  }
}
