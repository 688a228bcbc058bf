with source as (

    select * from {{ ref('orders') }}

),

renamed as (

    select
        order_id,
        customer_id,
        lower(trim(guest_email)) as guest_email,
        marketing_consent,
        status as order_status,
        ordered_at
    from source

)

select * from renamed
