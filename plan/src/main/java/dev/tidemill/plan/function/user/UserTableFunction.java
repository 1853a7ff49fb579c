package dev.tidemill.plan.function.user;

/**
 * A function that gives rows, for FROM: one public method {@code rows} for each list of types it
 * takes, which returns an {@code Iterable}, {@code Iterator} or {@code Stream} of records, whose
 * components are the columns, or of a type that {@link UserFunction} names, for one column {@code
 * value}. All its methods give the same columns. A stream is closed after its last row.
 *
 * <pre>
 *   public final class Series implements UserTableFunction {
 *     public record Row(long n, long square) {}
 *
 *     public Stream&lt;Row&gt; rows(long from, long to) { … }
 *   }
 * </pre>
 */
public non-sealed interface UserTableFunction extends UserFunction {}
