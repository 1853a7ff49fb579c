package dev.tidemill.plan.function.user;

/**
 * A function of a row's values: one public method {@code eval} for each list of types it takes.
 *
 * <pre>
 *   public final class Haversine implements UserScalarFunction {
 *     public double eval(double lat1, double lon1, double lat2, double lon2) { … }
 *   }
 * </pre>
 */
public non-sealed interface UserScalarFunction extends UserFunction {}
