#ifndef VB_STATISTICS_H
#define VB_STATISTICS_H

/* The middle of `count` >= 1 values (the mean of the middle two when even). Reorders the values. */
double vb_median(double *values, int count);

/*
 * Half the width of the 99.9 % Student interval of the mean, over the mean: how BenchmarkDotNet defines the relative error that ends a run.
 * Infinity for fewer than two values or a mean that is not positive.
 */
double vb_relative_error(const double *values, int count);

/* The 0.9995 quantile of Student's t distribution, relative error below 0.5 %. */
double vb_student_9995(int degrees);

#endif
