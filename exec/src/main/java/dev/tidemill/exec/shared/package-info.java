/** Parts of a plan that occur more than once and are computed once. */
@NullMarked
package dev.tidemill.exec.shared;

import org.jspecify.annotations.NullMarked;
