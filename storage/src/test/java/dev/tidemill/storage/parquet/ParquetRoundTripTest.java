package dev.tidemill.storage.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FileCut;
import dev.tidemill.storage.files.FileFormat;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.format.CompressionCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read again: random rows of all types, as a whole and cut anywhere. */
final class ParquetRoundTripTest {
  private static final List<Type> TYPES =
      List.of(
          Type.BOOLEAN,
          Type.TINYINT,
          Type.SMALLINT,
          Type.INTEGER,
          Type.BIGINT,
          Type.REAL,
          Type.DOUBLE,
          new Type.Decimal(7, 2),
          new Type.Decimal(15, 2),
          new Type.Decimal(18, 0),
          new Type.Decimal(30, 5),
          new Type.Decimal(38, 38),
          Type.VARCHAR,
          Type.VARBINARY,
          Type.DATE,
          new Type.Time(6),
          new Type.Time(9),
          new Type.Timestamp(3),
          new Type.Timestamp(6),
          new Type.Timestamp(9),
          new Type.ZonedTimestamp(3),
          new Type.ZonedTimestamp(9),
          new Type.MonthInterval(),
          new Type.TimeInterval());

  @TempDir Path directory;

  /** How often a column is NULL and how many values it draws from. */
  private record Shape(Type type, boolean nullable, double nulls, int distinct, int textLength) {}

  @RepeatedTest(12)
  void randomRows(RepetitionInfo repetition) {
    long seed = 4711L * repetition.getCurrentRepetition();
    Random random = new Random(seed);
    List<Shape> shapes = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    for (Type type : TYPES) {
      boolean nullable = random.nextInt(4) > 0;
      double[] nulls = {0, 0.01, 0.5, 0.99, 1};
      int[] distinct = {1, 2, 20, 300, 1 << 30};
      shapes.add(
          new Shape(
              type,
              nullable,
              nullable ? nulls[random.nextInt(nulls.length)] : 0,
              distinct[random.nextInt(distinct.length)],
              random.nextBoolean() ? 8 : 200));
      fields.add(ArrowTypes.field("c" + shapes.size(), type, nullable));
    }
    int[] counts = {0, 1, 100, 5000, 40_000};
    int count =
        repetition.getCurrentRepetition() == 1 ? 40_000 : counts[random.nextInt(counts.length)];
    List<List<@Nullable Object>> rows = rows(random, shapes, count);
    Schema schema = new Schema(fields);
    CompressionCodec[] codecs = {
      CompressionCodec.ZSTD, CompressionCodec.SNAPPY, CompressionCodec.UNCOMPRESSED
    };
    int[] groups = {1 << 20, 10_000, 1000 + random.nextInt(3000)};
    ParquetWriteOptions options =
        new ParquetWriteOptions(
            codecs[random.nextInt(codecs.length)],
            1 + random.nextInt(3),
            groups[random.nextInt(groups.length)],
            1 + random.nextInt(2));
    Path path = directory.resolve("t.parquet");
    ParquetFiles.write(path, schema, options, rows, 1 + random.nextInt(4096));
    String message = "seed " + seed + " " + options + " rows " + count;
    DataFile file = ParquetFiles.file(path);
    ParquetFormat format = new ParquetFormat(options);
    assertEquals(schema, format.inferSchema(List.of(file)), message);
    assertEquals(
        rows,
        ParquetFiles.read(format, file, 0, FileFormat.END, ParquetFiles.scan(schema)),
        message);
    cutAnywhere(random, format, file, schema, rows, message);
  }

  private static void cutAnywhere(
      Random random,
      ParquetFormat format,
      DataFile file,
      Schema schema,
      List<List<@Nullable Object>> rows,
      String message) {
    long position = 0;
    int done = 0;
    while (position != FileFormat.END) {
      FileCut cut = format.cut(file, schema, position, 1 + random.nextInt(40_000));
      List<List<@Nullable Object>> part =
          ParquetFiles.read(format, file, position, cut.position(), ParquetFiles.scan(schema));
      assertEquals(cut.rows(), part.size(), message);
      assertEquals(rows.subList(done, done + part.size()), part, message + " from " + position);
      done += part.size();
      position = cut.position();
    }
    assertEquals(rows.size(), done, message);
  }

  private static List<List<@Nullable Object>> rows(Random random, List<Shape> shapes, int count) {
    List<List<@Nullable Object>> pools = new ArrayList<>();
    for (Shape shape : shapes) {
      List<@Nullable Object> pool = new ArrayList<>();
      for (int i = 0; i < Math.min(shape.distinct, 1000); i++) {
        pool.add(value(random, shape));
      }
      pools.add(pool);
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<@Nullable Object> row = new ArrayList<>();
      for (int c = 0; c < shapes.size(); c++) {
        Shape shape = shapes.get(c);
        if (random.nextDouble() < shape.nulls) {
          row.add(null);
        } else if (shape.distinct > 1000) {
          row.add(value(random, shape));
        } else {
          row.add(pools.get(c).get(random.nextInt(pools.get(c).size())));
        }
      }
      rows.add(row);
    }
    return rows;
  }

  private static Object value(Random random, Shape shape) {
    return switch (shape.type) {
      case Type.Bool t -> random.nextBoolean();
      case Type.Int t ->
          switch (t.bits()) {
            case 8 -> (Object) (byte) random.nextInt();
            case 16 -> (Object) (short) random.nextInt();
            case 32 -> (Object) random.nextInt();
            default -> (Object) random.nextLong();
          };
      case Type.Real t -> random.nextInt(10) == 0 ? Float.NaN : random.nextFloat() - 0.5f;
      case Type.DoubleType t -> random.nextInt(10) == 0 ? -0.0 : random.nextDouble() - 0.5;
      case Type.Decimal t -> decimal(random, t);
      case Type.Varchar t -> text(random, shape.textLength);
      case Type.Varbinary t -> {
        byte[] bytes = new byte[random.nextInt(shape.textLength)];
        random.nextBytes(bytes);
        yield ByteBuffer.wrap(bytes);
      }
      case Type.Date t -> LocalDate.ofEpochDay(random.nextInt(100_000) - 50_000);
      case Type.Time t -> {
        long unit = 1_000_000_000L / TimeUnits.timePerSecond(t.precision());
        yield LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000_000L / unit) * unit);
      }
      case Type.Timestamp t -> {
        long perSecond = TimeUnits.perSecond(t.precision());
        long value = random.nextLong(8_000_000_000L * perSecond) - 4_000_000_000L * perSecond;
        yield LocalDateTime.ofEpochSecond(
            Math.floorDiv(value, perSecond),
            (int) (Math.floorMod(value, perSecond) * (1_000_000_000L / perSecond)),
            ZoneOffset.UTC);
      }
      case Type.ZonedTimestamp t ->
          Instant.ofEpochMilli(random.nextLong(8_000_000_000_000L) - 4_000_000_000_000L);
      case Type.MonthInterval t -> Period.ofMonths(random.nextInt()).normalized();
      case Type.TimeInterval t -> TimeUnits.duration(random.nextLong());
      default -> throw new AssertionError(shape.type);
    };
  }

  private static BigDecimal decimal(Random random, Type.Decimal type) {
    int digits =
        random.nextInt(3) == 0
            ? type.precision()
            : random.nextInt(Math.min(9, type.precision())) + 1;
    BigInteger unscaled = new BigInteger(126, random).mod(BigInteger.TEN.pow(digits));
    return new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), type.scale());
  }

  private static String text(Random random, int maxLength) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(maxLength);
    boolean ascii = random.nextInt(3) > 0;
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(ascii ? 'a' + random.nextInt(26) : random.nextInt(0xd000) + 1);
    }
    return text.toString();
  }
}
