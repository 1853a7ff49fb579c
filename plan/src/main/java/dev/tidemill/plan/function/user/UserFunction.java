package dev.tidemill.plan.function.user;

/**
 * A function that a user writes: a public class with a public constructor without parameters. SQL
 * knows it by CREATE FUNCTION, or by its {@link #name()} where the class path lists it as a service
 * ({@code META-INF/services/dev.tidemill.plan.function.user.UserFunction}).
 *
 * <p>Parameters and results are of the Java types below. A parameter of a primitive type never sees
 * NULL: the result is NULL then, without a call (of an aggregate: the row is left out). Every other
 * parameter sees NULL as null, unless the function {@link #isStrict()}.
 *
 * <table>
 * <caption>Types</caption>
 * <tr><th>Java</th><th>SQL</th></tr>
 * <tr><td>boolean, byte, short, int, long, float, double, or boxed</td><td>BOOLEAN, TINYINT, SMALLINT,
 * INTEGER, BIGINT, REAL, DOUBLE</td></tr>
 * <tr><td>String, byte[]</td><td>VARCHAR, VARBINARY</td></tr>
 * <tr><td>BigDecimal</td><td>DECIMAL: of an argument whatever it has; of a result what {@link
 * DecimalType} says</td></tr>
 * <tr><td>LocalDate</td><td>DATE</td></tr>
 * <tr><td>LocalTime, LocalDateTime, Instant</td><td>TIME, TIMESTAMP, TIMESTAMP WITH LOCAL TIME ZONE: of an
 * argument whatever precision it has; of a result microseconds</td></tr>
 * <tr><td>{@code List<T>}, {@code Map<K, V>} of boxed types</td><td>ARRAY, MAP</td></tr>
 * </table>
 *
 * <p>An object is used by one thread at a time; there may be any number of them, and which rows
 * each gets is not determined.
 */
public sealed interface UserFunction
    permits UserScalarFunction, UserAggregateFunction, UserTableFunction {
  /** What SQL calls it where it is found as a service; names match in any case. */
  default String name() {
    return getClass().getSimpleName();
  }

  /**
   * Whether equal arguments always give an equal result. One that is not is called once for each
   * row, and refused in standing queries.
   */
  default boolean isDeterministic() {
    return true;
  }

  /** Whether a NULL in any argument is treated as one in a primitive parameter. */
  default boolean isStrict() {
    return false;
  }
}
